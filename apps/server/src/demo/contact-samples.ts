import { addEntry, readContact, samplingLicence } from '@fulqrun/schema'
import type * as Y from 'yjs'
import { authorOf } from './authors.ts'
import type { ContactPlan } from './contacts.ts'
import { fullName } from './hcps.ts'
import { type ProductId, products } from './products.ts'
import { randomFor, type Random } from './random.ts'
import type { Step, StepContext } from './recorded-document.ts'

const strengths: Readonly<Record<ProductId, readonly string[]>> = {
  cardavel: ['50 mg', '100 mg'],
  onvexa: ['20 mg'],
  glymora: ['5 mg', '10 mg'],
}

/** Samples are left only with those who prescribe. */
function prescribes({ hcp }: ContactPlan): boolean {
  return ['physician', 'nurse_practitioner', 'physician_assistant'].includes(hcp.hcpType)
}

/** Days before now of the earlier visits with samples; everybody's licence was recorded before. */
const earlierVisits = [104, 88, 71] as const

/** Earlier visits at which samples were left, all of them signed for. */
export function sampleVisits(plan: ContactPlan): Step[] {
  const random = randomFor(`samples of ${plan.hcp.key}`)
  const { calendar, createdDaysAgo, owner } = plan
  if (!prescribes(plan) || createdDaysAgo < 160) return []
  return earlierVisits.slice(0, random.integer(0, 3)).map((daysAgo) => ({
    at: calendar.time(daysAgo - random.integer(0, 4), random.integer(9, 16), random.integer(0, 59)),
    by: owner,
    change: (document, context) => {
      handOver(document, plan, { ...context, random, isSigned: true })
    },
  }))
}

/** Samples left at the last visit; a few receipts are still to be signed. */
export function leaveSamples(document: Y.Doc, plan: ContactPlan, context: StepContext): void {
  const random = randomFor(`last samples of ${plan.hcp.key}`)
  if (prescribes(plan) && random.chance(0.7))
    handOver(document, plan, { ...context, random, isSigned: random.chance(0.75) })
}

interface HandOver extends StepContext {
  readonly random: Random
  readonly isSigned: boolean
}

function handOver(document: Y.Doc, plan: ContactPlan, { now, newId, random, isSigned }: HandOver): void {
  const { hcp, calendar, owner } = plan
  const product = `${products[hcp.focus].name} ${random.pick(strengths[hcp.focus])}`
  const quantity = random.pick([2, 4, 4, 6, 8, 10])
  const lotNumber = `${hcp.focus.slice(0, 2).toUpperCase()}${random.integer(2400, 2699)}-${random.pick(['A', 'B', 'C'])}`
  const { view } = readContact(document)
  const found = samplingLicence(view, now)
  const sampleId = newId()
  addEntry(
    document,
    'samples',
    {
      product,
      quantity,
      lotNumber,
      lotExpiresOn: calendar.date(random.integer(150, 600)),
      deliveredAt: now,
      deliveredBy: owner,
      channel: 'in_person',
      deliveredTo: [view.fields.addressLine1, view.fields.city, view.fields.state].filter(Boolean).join(', '),
      ...(found.allowed ? { licenceNumber: found.licence.number, licenceState: found.licence.state } : {}),
      requestId: `R-${random.integer(10_000, 99_999)}`,
    },
    { now, id: sampleId },
  )
  if (!isSigned) return
  addEntry(
    document,
    'signatures',
    {
      signedName: fullName(hcp),
      title: hcp.title,
      meaning: 'received',
      statement: `I received ${quantity} units of ${product} (lot ${lotNumber}) from ${authorOf(owner).name} on ${new Date(now).toISOString().slice(0, 16).replace('T', ' ')} UTC.`,
      signedAt: now,
      signedBy: owner,
      sampleId,
    },
    { now, id: newId() },
  )
}
