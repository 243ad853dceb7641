import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import webPush from 'web-push'
import { z } from 'zod'
import { ConfigError } from '../config.ts'
import { isKeyPair } from './key-pair.ts'

/** Who we are to push services: they see that all our pushes are from one sender, and whom to write to. */
export interface VapidKeys {
  /** Uncompressed point on P-256, base64url. Browsers subscribe with it; a new one makes all subscriptions useless. */
  readonly publicKey: string
  readonly privateKey: string
  /** `mailto:` or `https:` address of whoever runs this server. */
  readonly subject: string
}

const fileShape = z.strictObject({ publicKey: z.string(), privateKey: z.string() })

/**
 * The keys of the settings, or else those in DATA_DIR/vapid.json, which are made at the first start and readable by the
 * server's user only. Throws a {@link ConfigError} when the file is damaged or cannot be written: keys that change with
 * every start would silence every device.
 */
export function loadVapidKeys(options: {
  readonly dataDir: string
  readonly given: Pick<VapidKeys, 'publicKey' | 'privateKey'> | undefined
  readonly subject: string
}): VapidKeys {
  const { dataDir, given, subject } = options
  if (given !== undefined) return { ...given, subject }
  const file = path.join(dataDir, 'vapid.json')
  if (existsSync(file)) return { ...readKeys(file), subject }
  const keys = webPush.generateVAPIDKeys()
  try {
    mkdirSync(dataDir, { recursive: true })
    writeFileSync(file, JSON.stringify(keys), { mode: 0o600 })
    // The mode above is cut by the umask of the process.
    chmodSync(file, 0o600)
  } catch (cause) {
    throw new ConfigError('DATA_DIR', `${file} cannot be written`, { cause })
  }
  return { ...keys, subject }
}

function readKeys(file: string): Pick<VapidKeys, 'publicKey' | 'privateKey'> {
  const damaged = `${file} is damaged; restore it from a backup, or remove it: everybody then has to switch notices on again`
  let json: unknown
  try {
    json = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new ConfigError('DATA_DIR', damaged, { cause })
  }
  const parsed = fileShape.safeParse(json)
  if (!parsed.success || !isKeyPair(parsed.data)) throw new ConfigError('DATA_DIR', damaged)
  return parsed.data
}
