import type * as Y from 'yjs'
import type { Migration } from '../migrate.ts'

/**
 * Version 1 was the layout before the first release, close to the tables of the original product (DOMAIN 1.1):
 * opportunities had the stages qualifying, proposal and negotiation, the probability as text ("60 %") and the owner
 * under `assignedTo`; contacts had the NPI as a number and hyphens in the formulary status; KPI sets wrote quarters
 * as "2026Q3".
 */

/** Old stage -> the stage with the same default probability band (DOMAIN 1.2). */
const stageOf: Readonly<Record<string, string>> = {
  qualifying: 'engaging',
  proposal: 'advancing',
  negotiation: 'key_decision',
}

type Convert = (stored: unknown) => unknown

/** Replaces a value by its converted form; `undefined` from the conversion means that it is not old. */
function convertKey(doc: Y.Doc, key: string, convert: Convert): string[] {
  const fields = doc.getMap('fields')
  const converted = convert(fields.get(key))
  if (converted === undefined) return []
  fields.set(key, converted)
  return [`fields.${key}`]
}

/** Moves a value to a new key unless that one is already filled. */
function renameKey(doc: Y.Doc, from: string, to: string): string[] {
  const fields = doc.getMap('fields')
  const stored = fields.get(from)
  if (stored === undefined) return []
  if (!fields.has(to) && typeof stored === 'string') fields.set(to, stored)
  fields.delete(from)
  return [`fields.${from}`, `fields.${to}`]
}

function probabilityFromText(stored: unknown): number | undefined {
  if (typeof stored !== 'string') return undefined
  const match = /^\s*(\d{1,3}(?:\.\d+)?)\s*%?\s*$/.exec(stored)
  return match?.[1] === undefined ? undefined : Math.min(100, Number(match[1]))
}

function npiFromNumber(stored: unknown): string | undefined {
  return typeof stored === 'number' && Number.isSafeInteger(stored) ? String(stored) : undefined
}

function quarterFromShort(stored: unknown): string | undefined {
  return typeof stored === 'string' && /^\d{4}Q[1-4]$/.test(stored) ? stored.replace('Q', '-Q') : undefined
}

function lookUp(table: Readonly<Record<string, string>>): Convert {
  return (stored) => (typeof stored === 'string' && Object.hasOwn(table, stored) ? table[stored] : undefined)
}

export const toVersionTwo: Migration = {
  to: 2,
  convert: {
    opportunity: (doc) => [
      ...convertKey(doc, 'stage', lookUp(stageOf)),
      ...convertKey(doc, 'probability', probabilityFromText),
      ...renameKey(doc, 'assignedTo', 'ownerId'),
    ],
    contact: (doc) => [
      ...convertKey(doc, 'npi', npiFromNumber),
      ...convertKey(
        doc,
        'formularyStatus',
        lookUp({ 'non-preferred': 'non_preferred', 'not-covered': 'not_covered' }),
      ),
    ],
    kpi: (doc) => convertKey(doc, 'period', quarterFromShort),
  },
}
