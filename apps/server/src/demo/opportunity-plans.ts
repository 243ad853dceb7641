import type { StageId } from '@fulqrun/schema'
import type { ProductId } from './products.ts'

/** One deal of the demo, before its story is told: where, what, how far, how much (US dollars). */
export interface OpportunityPlan {
  readonly hospital: string
  readonly product: ProductId
  readonly deal: string
  readonly stage: StageId
  readonly amount: number
}

type Row = readonly [hospital: string, product: ProductId, deal: string, stage: StageId, amount: number]

const north: readonly Row[] = [
  ['lakemont', 'cardavel', 'discharge protocol', 'key_decision', 412_000],
  ['lakemont', 'cardavel', 'formulary listing', 'closed_won', 265_000],
  ['lakemont', 'glymora', 'clinic starter program', 'prospecting', 48_000],
  ['stalban', 'cardavel', 'heart failure pathway', 'advancing', 538_000],
  ['stalban', 'cardavel', 'outpatient titration clinic', 'engaging', 154_000],
  ['stalban', 'glymora', 'cardiometabolic program', 'prospecting', 92_000],
  ['northpine', 'glymora', 'primary care network contract', 'key_decision', 865_000],
  ['northpine', 'cardavel', 'system formulary listing', 'advancing', 720_000],
  ['northpine', 'onvexa', 'infusion center start-up', 'engaging', 310_000],
  ['graniteridge', 'cardavel', 'formulary listing', 'closed_lost', 118_000],
  ['graniteridge', 'glymora', 'diabetes education package', 'engaging', 36_500],
  ['whitewater', 'onvexa', 'first-line protocol', 'key_decision', 1_240_000],
  ['whitewater', 'onvexa', 'specialty pharmacy agreement', 'advancing', 455_000],
  ['whitewater', 'onvexa', 'biomarker testing pathway', 'closed_won', 198_000],
  ['harborlight', 'onvexa', 'formulary listing', 'engaging', 286_000],
  ['harborlight', 'onvexa', 'infusion center start-up', 'prospecting', 174_000],
  ['elmwood', 'onvexa', 'tumor board protocol', 'advancing', 690_000],
  ['elmwood', 'cardavel', 'heart failure pathway', 'engaging', 375_000],
  ['elmwood', 'glymora', 'employee health plan', 'prospecting', 132_000],
  ['prairie', 'glymora', 'clinic starter program', 'closed_won', 84_000],
  ['prairie', 'glymora', 'remote monitoring bundle', 'advancing', 126_500],
  ['prairie', 'glymora', 'diabetes education package', 'prospecting', 22_000],
  ['birchwood', 'glymora', 'primary care network contract', 'engaging', 242_000],
  ['birchwood', 'cardavel', 'primary care switch program', 'prospecting', 67_000],
  ['ironbridge', 'cardavel', 'heart failure pathway', 'key_decision', 348_000],
  ['ironbridge', 'glymora', 'formulary listing', 'engaging', 205_000],
  ['silverlake', 'glymora', 'clinic starter program', 'advancing', 73_500],
  ['silverlake', 'glymora', 'remote monitoring bundle', 'closed_lost', 58_000],
  ['kestrel', 'glymora', 'formulary listing', 'advancing', 164_000],
  ['kestrel', 'cardavel', 'discharge protocol', 'prospecting', 139_000],
  ['kestrel', 'onvexa', 'formulary listing', 'engaging', 228_000],
]

const south: readonly Row[] = [
  ['magnolia', 'cardavel', 'discharge protocol', 'advancing', 296_000],
  ['magnolia', 'cardavel', 'formulary listing', 'closed_won', 187_500],
  ['magnolia', 'glymora', 'formulary listing', 'engaging', 143_000],
  ['palmetto', 'cardavel', 'outpatient titration clinic', 'key_decision', 222_000],
  ['palmetto', 'cardavel', 'heart failure pathway', 'advancing', 318_000],
  ['bluebonnet', 'glymora', 'primary care network contract', 'key_decision', 940_000],
  ['bluebonnet', 'glymora', 'remote monitoring bundle', 'engaging', 178_000],
  ['bluebonnet', 'cardavel', 'system formulary listing', 'prospecting', 505_000],
  ['redclay', 'onvexa', 'first-line protocol', 'advancing', 815_000],
  ['redclay', 'onvexa', 'infusion center start-up', 'closed_won', 344_000],
  ['bayou', 'onvexa', 'formulary listing', 'engaging', 257_000],
  ['bayou', 'cardavel', 'formulary listing', 'prospecting', 121_000],
  ['sunridge', 'onvexa', 'tumor board protocol', 'key_decision', 1_085_000],
  ['sunridge', 'onvexa', 'biomarker testing pathway', 'engaging', 236_000],
  ['sunridge', 'cardavel', 'heart failure pathway', 'advancing', 466_000],
  ['sunridge', 'glymora', 'employee health plan', 'prospecting', 158_000],
  ['cypress', 'onvexa', 'specialty pharmacy agreement', 'key_decision', 392_000],
  ['cypress', 'onvexa', 'infusion center start-up', 'closed_lost', 271_000],
  ['dogwood', 'cardavel', 'discharge protocol', 'engaging', 109_000],
  ['dogwood', 'glymora', 'diabetes education package', 'prospecting', 31_000],
  ['mesa', 'glymora', 'clinic starter program', 'closed_won', 97_500],
  ['mesa', 'glymora', 'remote monitoring bundle', 'advancing', 134_000],
  ['gulfstar', 'glymora', 'system formulary listing', 'key_decision', 610_000],
  ['gulfstar', 'cardavel', 'heart failure pathway', 'engaging', 402_000],
  ['gulfstar', 'onvexa', 'infusion center start-up', 'advancing', 365_000],
  ['peachgrove', 'glymora', 'clinic starter program', 'engaging', 41_000],
  ['peachgrove', 'cardavel', 'primary care switch program', 'closed_lost', 52_500],
  ['laurel', 'cardavel', 'outpatient titration clinic', 'advancing', 176_000],
  ['laurel', 'cardavel', 'heart failure pathway', 'prospecting', 289_000],
]

const west: readonly Row[] = [
  ['copperfield', 'cardavel', 'formulary listing', 'engaging', 205_000],
  ['copperfield', 'glymora', 'clinic starter program', 'prospecting', 64_000],
  ['juniper', 'onvexa', 'infusion center start-up', 'advancing', 318_000],
]

function plans(rows: readonly Row[]): OpportunityPlan[] {
  return rows.map(([hospital, product, deal, stage, amount]) => ({ hospital, product, deal, stage, amount }))
}

/** The deals of both organizations: 60 of Meridian, and a few of the rival, to see that nobody else sees them. */
export const allPlans: readonly OpportunityPlan[] = plans([...north, ...south, ...west])
