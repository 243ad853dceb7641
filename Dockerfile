# Production image: the web app is built in the first stage, the second runs the server's TypeScript directly.
# The workspace tree is copied as it is, because Node strips types only outside node_modules: the packages are links
# from node_modules/@fulqrun to packages/, and Node follows them.

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY apps/bench/package.json apps/bench/
COPY apps/server/package.json apps/server/
COPY apps/web/package.json apps/web/
COPY packages/protocol/package.json packages/protocol/
COPY packages/rules/package.json packages/rules/
COPY packages/schema/package.json packages/schema/
COPY packages/sync/package.json packages/sync/
COPY packages/testkit/package.json packages/testkit/
# No install scripts: the only one would download a second Node.
RUN npm ci --ignore-scripts
COPY . .
RUN node node_modules/vite/bin/vite.js build --config apps/web/vite.config.ts
# What the server needs and nothing else: no web libraries, no tools.
RUN npm ci --ignore-scripts --omit=dev --workspace @fulqrun/server

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8787 DATA_DIR=/data
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/apps/server ./apps/server
COPY --from=build /app/apps/web/dist ./apps/web/dist
COPY --from=build /app/packages/protocol ./packages/protocol
COPY --from=build /app/packages/rules ./packages/rules
COPY --from=build /app/packages/schema ./packages/schema
RUN install --directory --owner=node --group=node --mode=0700 /data
VOLUME /data
USER node
EXPOSE 8787
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((a) => process.exit(a.ok ? 0 : 1), () => process.exit(1))"]
# Not through npm, so that SIGTERM reaches the server itself.
CMD ["node", "apps/server/src/main.ts"]
