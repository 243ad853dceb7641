import { importLimits } from '@fulqrun/protocol'
import Papa from 'papaparse'

/** A file of records as it is read on this device: its heading, and its lines as text. */
export interface Sheet {
  readonly encoding: string
  readonly headers: readonly string[]
  readonly lines: readonly Line[]
}

export interface Line {
  /** As spreadsheets count: the heading of a file is its first row. */
  readonly row: number
  readonly cells: readonly string[]
}

/** A file that cannot be imported, in words for the person who chose it. */
export class FileProblem extends Error {
  override readonly name = 'FileProblem'
}

const mb = (bytes: number) => Math.round(bytes / 1024 / 1024)

/** Throws a FileProblem. */
export function readSheet(bytes: Uint8Array): Sheet {
  const { maxFileBytes } = importLimits
  if (bytes.byteLength > maxFileBytes)
    throw new FileProblem(
      `This file has ${mb(bytes.byteLength)} MB. An import takes ${mb(maxFileBytes)} MB: split it.`,
    )
  const { text, encoding } = decode(bytes)
  return { encoding, ...sheetOf(text) }
}

/**
 * Text as spreadsheets save it: UTF-8 and UTF-16 with their mark, UTF-8 without one, and what is no UTF-8 is
 * Windows-1252, as Excel writes where nobody asked for another (IMP-11).
 */
function decode(bytes: Uint8Array): { readonly text: string; readonly encoding: string } {
  const [first, second] = bytes
  // The beginning of a zip: an .xlsx by another name.
  if (first === 0x50 && second === 0x4b)
    throw new FileProblem(
      'This is a workbook, not a CSV file. Save it as CSV in the spreadsheet and choose that.',
    )
  const mark =
    first === 0xff && second === 0xfe
      ? 'utf-16le'
      : first === 0xfe && second === 0xff
        ? 'utf-16be'
        : undefined
  if (mark !== undefined) return { text: new TextDecoder(mark).decode(bytes), encoding: 'UTF-16' }
  let decoded
  try {
    decoded = { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'UTF-8' }
  } catch {
    decoded = { text: new TextDecoder('windows-1252').decode(bytes), encoding: 'Windows-1252' }
  }
  if (decoded.text.includes('\0'))
    throw new FileProblem('This is not a text file. Save it as CSV and choose that.')
  return decoded
}

function sheetOf(text: string): Omit<Sheet, 'encoding'> {
  // Excel's own first line, which names the separator.
  const separator = /^sep=(.)\r?\n/.exec(text)
  const body = separator === null ? text : text.slice(separator[0].length)
  const { data, errors } = Papa.parse<string[]>(body, {
    delimiter: separator?.[1] ?? '',
    delimitersToGuess: [',', ';', '\t', '|'],
  })
  const broken = errors.find(({ type }) => type === 'Quotes')
  if (broken !== undefined)
    throw new FileProblem(
      `From row ${(broken.row ?? 0) + 1} on, the quotation marks of this file do not match.`,
    )
  const all = data
    .map((cells, index): Line => ({ row: index + 1 + (separator === null ? 0 : 1), cells }))
    .filter(({ cells }) => cells.some((cell) => cell.trim() !== ''))
  const [heading, ...lines] = all
  if (heading === undefined || lines.length === 0)
    throw new FileProblem('This file has no rows below its heading.')
  const { maxFileRows } = importLimits
  if (lines.length > maxFileRows)
    throw new FileProblem(
      `This file has ${lines.length.toLocaleString('en-US')} rows. An import takes ${maxFileRows.toLocaleString('en-US')}: split the file and import one part after the other.`,
    )
  return { headers: named(heading.cells), lines }
}

/** Every column has a name of its own: one without is named by its place, and a repeated one by its number. */
function named(cells: readonly string[]): readonly string[] {
  const counts = new Map<string, number>()
  return cells.map((cell, index) => {
    const name = cell.trim() === '' ? `Column ${index + 1}` : cell.trim().slice(0, 100)
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    return count === 1 ? name : `${name} (${count})`
  })
}
