import type { Deal } from './deal.ts'
import { spokenName } from './hcps.ts'
import type { ProductId } from './products.ts'

/** What a deal is about, by what is asked of the customer. */
const stories: Readonly<Record<string, (deal: Deal) => string>> = {
  'formulary listing': ({ product, hospital, patients }) =>
    `${hospital.short} treats about ${patients} patients a year for ${product.indication} and has no ${product.name} on formulary: every start needs a single-patient exception. Goal is an unrestricted listing with an order set.`,
  'system formulary listing': ({ product, hospital, patients }) =>
    `One decision for all sites of ${hospital.short}. About ${patients} patients a year with ${product.indication} would come under one listing instead of site-by-site exceptions.`,
  'discharge protocol': ({ product, hospital, patients }) =>
    `Start ${product.name} before discharge instead of at the first clinic visit. ${hospital.short} discharges about ${patients} patients a year with ${product.indication}; the new protocol covers order set, teaching and a call on day three.`,
  'heart failure pathway': ({ product, hospital }) =>
    `${hospital.short} rewrites its heart failure pathway this year. ${product.name} is proposed as the default for eligible patients, with a nurse-led titration visit at two and six weeks.`,
  'outpatient titration clinic': ({ product, hospital }) =>
    `A nurse-led clinic, two half days a week, that brings patients of ${hospital.short} to the target dose of ${product.name} within eight weeks. Today it takes five months, if it happens at all.`,
  'primary care switch program': ({ product, hospital }) =>
    `Help the practices of ${hospital.short} find patients who are still on the old regimen and move those who qualify to ${product.name}, with one template letter and one follow-up visit.`,
  'infusion center start-up': ({ product, hospital, patients }) =>
    `Bring ${product.name} to the infusion center of ${hospital.short}: chair planning, nurse training, pharmacy set-up and billing codes. Expected volume is ${patients} infusions in the first year.`,
  'first-line protocol': ({ product, hospital, patients }) =>
    `Make ${product.name} the first-line standard for eligible patients at ${hospital.short}. Around ${patients} new patients a year; today half of them start elsewhere because of the biopsy turnaround.`,
  'tumor board protocol': ({ product, hospital }) =>
    `The lung tumor board of ${hospital.short} wants one written protocol instead of individual habits. ${product.name} would be named for the biomarker-positive group, with a fixed re-staging plan.`,
  'biomarker testing pathway': ({ product, hospital }) =>
    `Reflex testing at ${hospital.short} so that results are there at the first oncology visit. Shorter turnaround decides who can start ${product.name} on time.`,
  'specialty pharmacy agreement': ({ product, hospital }) =>
    `Agreement with the in-house specialty pharmacy of ${hospital.short}: stock, cold chain, refill calls and reporting for ${product.name}, so that patients do not wait for the mail.`,
  'clinic starter program': ({ product, hospital, patients }) =>
    `Structured start on ${product.name} for ${patients} patients of ${hospital.short}: first dose in the clinic, teaching by the diabetes educator, phone call in week one.`,
  'primary care network contract': ({ product, hospital, patients }) =>
    `Network-wide contract with ${hospital.short}. Around ${patients} patients above target would be offered ${product.name} under one prior authorization rule.`,
  'remote monitoring bundle': ({ product, hospital }) =>
    `${product.name} together with remote glucose readings and a weekly nurse review at ${hospital.short}. The health plan pays for the monitoring if the values fall within six months.`,
  'diabetes education package': ({ product, hospital }) =>
    `Six group sessions a year at ${hospital.short}, material in two languages, and ${product.name} starter kits for those whom the physician picks.`,
  'employee health plan': ({ product, hospital, patients }) =>
    `${hospital.short} insures its own staff. The plan would cover ${product.name} for about ${patients} employees if absence days go down as in the pilot.`,
  'cardiometabolic program': ({ product, hospital }) =>
    `Joint program of cardiology and endocrinology at ${hospital.short}: patients with both conditions are screened at the heart clinic and started on ${product.name} there.`,
}

export function storyOf(deal: Deal): string {
  const story = stories[deal.plan.deal]
  if (story === undefined) throw new RangeError(`no story for ${deal.plan.deal}`)
  return story(deal)
}

export const pushReasons: readonly string[] = [
  'The committee moved its meeting by four weeks.',
  'Their finance lead is on leave until the end of the month.',
  'Legal asks for the new data protection annex first.',
  'They want the readmission figures of one more quarter.',
  'Budget round closes later than they told us.',
]

/** The next step and in how many days it is due. */
export function nextStepOf({
  reached,
  champion,
  buyer,
  influencer,
  product,
  random,
}: Deal): [string, number] {
  const byStage: readonly (readonly string[])[] = [
    [
      `Get a first meeting with ${spokenName(influencer)}`,
      `Find out who owns the ${product.indication} budget`,
      `Send ${spokenName(champion)} the case from a hospital of their size`,
    ],
    [
      `Let ${spokenName(champion)} introduce us to ${spokenName(buyer)}`,
      `Agree on the criteria with ${spokenName(influencer)} in writing`,
      'Fill in the budget model with their own volumes',
    ],
    [
      `Walk ${spokenName(buyer)} through the budget model`,
      'Get the request on the agenda of the next committee meeting',
      `Prepare ${spokenName(champion)} for the committee questions`,
    ],
    [
      'Return the contract with the two changes of their legal team',
      `Final presentation with ${spokenName(champion)}`,
      'Confirm delivery date and training plan for the start',
    ],
  ]
  return [random.pick(byStage[reached] ?? []), random.integer(1, 14)]
}

const lost: Readonly<Record<string, { readonly lossReason: string; readonly outcomeNote: string }>> = {
  graniteridge: {
    lossReason: 'price',
    outcomeNote:
      'The committee liked the data but chose the generic for its price. Our rebate came a week after their vote. The pharmacy offered to look again when the three-year results are published.',
  },
  silverlake: {
    lossReason: 'no_decision',
    outcomeNote:
      'Two partners left the practice and the project lost its owner. Nobody said no, nobody could say yes. Try again when the new partners have settled in.',
  },
  cypress: {
    lossReason: 'competitor',
    outcomeNote:
      'Lost to a bundle offer that included chair planning software. We had no answer on chair time when they asked for it. Clinical case was stronger, logistics decided.',
  },
  peachgrove: {
    lossReason: 'timing',
    outcomeNote:
      'The practice changes its record system this year and starts nothing new until that is over. Keep in touch, next opening in spring.',
  },
}

const won: Readonly<Record<ProductId, string>> = {
  cardavel:
    'Won on the budget model that the pharmacy filled in itself, and on a champion who had won over the nurses first. The discharge data of the pilot ward closed the last question.',
  onvexa:
    'Won on turnaround time: the testing plan came with the protocol, so the tumor board had one package to vote on. Infusion nurses were trained before the first patient.',
  glymora:
    'Won because the educator and the lead physician asked for it together. The starter plan needed no extra visit, which decided it for the practice manager.',
}

/** Fields that explain how a deal ended. */
export function outcomeOf({ plan }: Deal): Readonly<Record<string, string>> {
  if (plan.stage === 'closed_won') return { outcomeNote: won[plan.product] }
  return lost[plan.hospital] ?? { lossReason: 'other', outcomeNote: 'The customer gave no reason.' }
}
