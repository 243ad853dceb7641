import { Writable } from 'node:stream'
import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino'
import type { LogLevel } from './config.ts'

export type Logger = PinoLogger

interface LoggerOptions {
  readonly level: LogLevel
  /** Lines for a person at a terminal instead of JSON. */
  readonly readable: boolean
  /** Where lines go; standard output by default. */
  readonly destination?: DestinationStream | undefined
}

/**
 * Names under which a secret or a typed value could reach a log by accident. Values of fields are never logged on
 * purpose; this is the net below.
 */
const secretKeys = [
  'authorization',
  'cookie',
  'password',
  'token',
  'secret',
  'key',
  'value',
  'values',
  'before',
  'after',
  'email',
]

/** Structured logs: error = a developer must look; info = a change of state; debug = the rest. */
export function createLogger({ level, readable, destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: null,
    redact: { paths: secretKeys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[hidden]' },
  }
  if (destination !== undefined) return pino(options, destination)
  return readable ? pino(options, readableLines(process.stdout)) : pino(options)
}

/** Turns pino's JSON into `12:30:01 info message name=value` without another dependency. */
export function readableLines(out: NodeJS.WritableStream): Writable {
  return new Writable({
    write(chunk: Buffer | string, _encoding, done) {
      for (const line of String(chunk).split('\n')) if (line !== '') out.write(`${readableLine(line)}\n`)
      done()
    },
  })
}

function readableLine(json: string): string {
  const { level, time, msg, err, ...rest } = JSON.parse(json) as Record<string, unknown>
  const clock = new Date(Number(time)).toISOString().slice(11, 19)
  const label = pino.levels.labels[Number(level)] ?? 'info'
  const details = Object.entries(rest).map(([name, value]) => `${name}=${printable(value)}`)
  const stack = err === undefined ? '' : `\n${(err as { stack?: string }).stack ?? printable(err)}`
  return [clock, label, ...(msg === undefined ? [] : [printable(msg)]), ...details].join(' ') + stack
}

function printable(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
