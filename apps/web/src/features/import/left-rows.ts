import Papa from 'papaparse'
import type { ImportJob, LeftRow } from './import-job.ts'

/** Spreadsheets read the encoding off it. */
const byteOrderMark = '\uFEFF'

/**
 * The rows that did not come in, as they were in the file, each with the reason: to be mended and imported again. IMP-12:
 * a cell that a spreadsheet would take for a formula has an apostrophe in front, which the next import takes off again.
 */
export function leftRowsFile(
  { headers, lines }: Pick<ImportJob, 'headers' | 'lines'>,
  left: readonly LeftRow[],
): string {
  const reasons = new Map(left.map(({ row, why }) => [row, why]))
  const rows = lines.flatMap(({ row, cells }) => {
    const why = reasons.get(row)
    if (why === undefined) return []
    const filled = headers.map((_, index) => cells[index] ?? '')
    return [[...filled, String(row), why]]
  })
  const heading = [...headers, 'Row in the file', 'Why not imported']
  // Where spreadsheets split at semicolons or tabs, what follows one would be a cell of its own.
  const quotes = (cell: unknown) => typeof cell === 'string' && /[;\t]/.test(cell)
  return byteOrderMark + Papa.unparse([heading, ...rows], { escapeFormulae: true, quotes })
}
