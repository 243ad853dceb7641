import { type FieldSpec, isCleared, optionLabel } from '@fulqrun/schema'

/** How values read on screen. Everything in the notation of the app's one language. */
const locale = 'en-US'

const dateFormat = new Intl.DateTimeFormat(locale, {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
})
const shortDateFormat = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' })
const timeFormat = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hour12: false })
const numberFormat = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 })

const moneyFormats = new Map<string, Intl.NumberFormat>()

function moneyFormat(currency: string): Intl.NumberFormat {
  const known = moneyFormats.get(currency)
  if (known !== undefined) return known
  const made = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    trailingZeroDisplay: 'stripIfInteger',
  })
  moneyFormats.set(currency, made)
  return made
}

const currencyPattern = /^[A-Z]{3}$/

/** An amount with its currency; the plain number when the currency is not known. */
export function formatMoney(amount: number, currency: string | undefined): string {
  return currency !== undefined && currencyPattern.test(currency)
    ? moneyFormat(currency).format(amount)
    : numberFormat.format(amount)
}

export function formatNumber(value: number, digits?: number): string {
  if (digits === undefined) return numberFormat.format(value)
  return value.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** `2026-03-31` as `Mar 31, 2026`; what is not a date stays as it is. */
export function formatDate(iso: string): string {
  const time = Date.parse(`${iso}T00:00:00Z`)
  return Number.isNaN(time) ? iso : dateFormat.format(time)
}

const monthFormat = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' })

/** `2026-03` as `March 2026`; what is not a month stays as it is. */
export function formatMonth(month: string): string {
  const time = Date.parse(`${month}-01T00:00:00Z`)
  return Number.isNaN(time) ? month : monthFormat.format(time)
}

/** Without the year when it is the current one. */
export function formatDateShort(iso: string, today: string): string {
  const time = Date.parse(`${iso}T00:00:00Z`)
  if (Number.isNaN(time)) return iso
  return (iso.slice(0, 4) === today.slice(0, 4) ? shortDateFormat : dateFormat).format(time)
}

/** Clock time on this device: `14:02`. */
export function formatTime(ms: number): string {
  return timeFormat.format(ms)
}

/** Clock time today, otherwise day and clock time: `Mar 31, 14:02`. */
export function formatMoment(ms: number, now: number): string {
  const sameDay = new Date(ms).toDateString() === new Date(now).toDateString()
  if (sameDay) return formatTime(ms)
  const day = new Date(ms).toLocaleDateString(locale, { day: 'numeric', month: 'short' })
  return `${day}, ${formatTime(ms)}`
}

/** How long ago, in one unit: `just now`, `5 min ago`, `2 h ago`, `3 days ago`. */
export function formatAgo(ms: number, now: number): string {
  const minutes = Math.floor((now - ms) / 60_000)
  if (minutes < 1) return 'just now'
  if (minutes < 60) return `${minutes} min ago`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return `${hours} h ago`
  const days = Math.floor(hours / 24)
  return days === 1 ? '1 day ago' : `${days} days ago`
}

/** The device's calendar day as an ISO date. */
export function isoDay(ms: number): string {
  const date = new Date(ms)
  const two = (part: number) => String(part).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

export interface FormatContext {
  readonly currency?: string | undefined
  readonly personName?: ((id: string) => string) | undefined
}

function formatNumeric(spec: FieldSpec, value: number, currency: string | undefined): string {
  if (spec.type === 'money') return formatMoney(value, currency)
  if (spec.type === 'time') return formatMoment(value, Date.now())
  if (spec.unit === '%' || spec.type === 'percent') return `${formatNumber(value)} %`
  return spec.unit === undefined || spec.unit === ''
    ? formatNumber(value)
    : `${formatNumber(value)} ${spec.unit}`
}

/** A stored value as a person reads it; empty text for nothing. */
export function formatValue(spec: FieldSpec, value: unknown, context: FormatContext = {}): string {
  if (isCleared(value)) return ''
  if (typeof value === 'boolean') return value ? 'Yes' : 'No'
  if (typeof value === 'number') return formatNumeric(spec, value, context.currency)
  if (Array.isArray(value)) return value.map(String).join(', ')
  if (typeof value !== 'string') return ''
  if (spec.type === 'choice') return optionLabel(spec, value)
  if (spec.type === 'date') return formatDate(value)
  if (spec.type === 'person') return context.personName?.(value) ?? value
  return value
}
