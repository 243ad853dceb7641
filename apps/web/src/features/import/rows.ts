import type { ImportKind, ImportRow, ImportValue, ImportVerdict } from '@fulqrun/protocol'
import {
  type CellStyle,
  checkValue,
  importColumn,
  ImportMatches,
  importTitle,
  needsDateOrder,
  needsDecimalSign,
  parseCell,
} from '@fulqrun/schema'
import type { Mapping } from './mapping.ts'
import type { Line } from './read-file.ts'

/** A line as it goes to the server, or what is wrong with it. */
export interface ReadRow extends Omit<ImportRow, 'existing'> {
  readonly problems: ImportVerdict['problems']
}

export interface RowReading {
  readonly kind: ImportKind
  readonly mapping: Mapping
  readonly style: CellStyle
}

/** All lines, in the order of the file. IMP-14: two rows about the same record are told here, wherever they are. */
export function readRows(lines: readonly Line[], reading: RowReading): readonly ReadRow[] {
  const seen = new ImportMatches<number>(reading.kind)
  return lines.map((line) => {
    const read = readRow(line, reading)
    if (read.problems.length > 0) return read
    const earlier = seen.find(read.values)
    if (earlier === undefined) {
      seen.add(read.values, importTitle(read.values), line.row)
      return read
    }
    const { item, key } = earlier
    return { ...read, problems: [{ path: key.path, message: `Row ${item} has ${key.words}` }] }
  })
}

function readRow({ row, cells }: Line, { kind, mapping, style }: RowReading): ReadRow {
  const values: Record<string, ImportValue> = {}
  const problems: { readonly path?: string; readonly message: string }[] = []
  for (const [index, path] of mapping.entries()) {
    const column = path === null ? undefined : importColumn(kind, path)
    if (column === undefined) continue
    const { value, problem } = parseCell(column.spec, cells[index] ?? '', style)
    if (problem !== undefined) problems.push({ path: column.path, message: problem })
    if (value !== undefined) values[column.path] = value
  }
  if (cells.slice(mapping.length).some((cell) => cell.trim() !== ''))
    problems.push({ message: 'The row has more cells than the heading' })
  const required = requiredPath(kind)
  if (values[required] === undefined && problems.every(({ path }) => path !== required))
    problems.push({ path: required, message: checkValue(kind, required, undefined)?.message ?? 'Needed' })
  return { row, values, problems }
}

/** What a row has to have. */
export function requiredPath(kind: ImportKind): string {
  return kind === 'contact' ? 'fields.lastName' : 'fields.name'
}

/** What has to be asked about the text of the file before it is read. */
export function questionsOf(
  lines: readonly Line[],
  { kind, mapping }: Pick<RowReading, 'kind' | 'mapping'>,
): { readonly asksDates: boolean; readonly asksDecimal: boolean } {
  const has = (types: readonly string[], test: (text: string) => boolean) =>
    mapping.some((path, index) => {
      const type = path === null ? undefined : importColumn(kind, path)?.spec.type
      return type !== undefined && types.includes(type) && lines.some(({ cells }) => test(cells[index] ?? ''))
    })
  return {
    asksDates: has(['date'], needsDateOrder),
    asksDecimal: has(['number', 'integer', 'money', 'percent'], needsDecimalSign),
  }
}
