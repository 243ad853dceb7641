import tailwind from '@tailwindcss/vite'
import optimizeLocales from '@react-aria/optimize-locales-plugin'
import react from '@vitejs/plugin-react'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'

const backend = process.env['FULQRUN_BACKEND'] ?? 'http://127.0.0.1:8787'

/** React Aria ships its strings in 30 languages; the app speaks one. Must run before the resolver (UX.md section 3). */
function onlyEnglish(): Plugin {
  return { ...optimizeLocales.vite({ locales: ['en-US'] }), enforce: 'pre' }
}

/**
 * Sonner injects its style sheet as a style element when imported, which the content security policy forbids. The same
 * rules are bundled from `sonner/dist/styles.css` (src/ui/Toaster.tsx), so the injection is dropped.
 */
function sonnerWithoutStyleElement(): Plugin {
  return {
    name: 'sonner-without-style-element',
    enforce: 'pre',
    transform(code, id) {
      if (!/[\\/]sonner[\\/]dist[\\/]index\.mjs/.test(id)) return undefined
      const cut = code.replace(/^__insertCSS\(.*\);?$/m, '')
      if (cut === code) throw new Error('sonner no longer injects its styles the known way: check the CSP')
      return { code: cut, map: null }
    },
  }
}

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [
    onlyEnglish(),
    sonnerWithoutStyleElement(),
    react(),
    tailwind(),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'src/service-worker',
      filename: 'sw.ts',
      registerType: 'prompt',
      injectRegister: false,
      injectManifest: {
        globPatterns: ['**/*.{js,css,html,svg,woff2}', 'icons/*.png'],
        maximumFileSizeToCacheInBytes: 3_000_000,
      },
      manifest: {
        id: '/',
        name: 'FulQrun',
        short_name: 'FulQrun',
        description: 'Local-first workspace for pharmaceutical field teams',
        start_url: '/pipeline',
        scope: '/',
        display: 'standalone',
        theme_color: '#fafbfc',
        background_color: '#fafbfc',
        icons: [
          { src: '/icons/icon.svg', sizes: 'any', type: 'image/svg+xml' },
          { src: '/icons/icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: '/icons/icon-512.png', sizes: '512x512', type: 'image/png' },
          { src: '/icons/icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
        ],
      },
    }),
  ],
  server: {
    proxy: {
      '/api': backend,
      '/healthz': backend,
      // Only the socket: the address itself is the sync centre.
      '/sync': {
        target: backend,
        ws: true,
        bypass: ({ headers }) => (headers.upgrade === undefined ? '/index.html' : undefined),
      },
      '/yjs': { target: backend, ws: true },
    },
  },
  build: {
    target: 'es2022',
    outDir: 'dist',
    manifest: true,
    sourcemap: false,
    rolldownOptions: {
      output: {
        advancedChunks: {
          groups: [
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ },
            { name: 'yjs', test: /node_modules[\\/](yjs|lib0|y-protocols|y-indexeddb|@hocuspocus)[\\/]/ },
          ],
        },
      },
    },
  },
})
