/**
 * Every KPI the product knows: what it means, how it is computed, which way is better (DOMAIN 2.1, 2.2, section 7).
 * The formula text is the definition; a change of meaning raises `formulaVersion`, which every stored value names.
 */

export interface KpiDefinition {
  readonly id: KpiId
  readonly label: string
  readonly family: 'outcome' | 'targeting' | 'activity' | 'sales'
  readonly unit:
    '' | '%' | 'calls per HCP' | 'per call' | 'per sample' | 'currency' | 'days' | 'times' | 'per day'
  readonly direction: 'higher-better' | 'lower-better'
  readonly formula: string
  readonly formulaVersion: number
  /** Digits after the decimal point on screen. */
  readonly digits: number
  /** Absolute marks from worst to best; absent where the source has none for this formula. */
  readonly thresholds?: KpiThresholds | undefined
  /** Shares of an explicit target below which the value is a warning or critical. */
  readonly shares?: { readonly warning: number; readonly critical: number } | undefined
}

export interface KpiThresholds {
  readonly critical: number
  readonly warning: number
  readonly target: number
}

export const kpiIds = [
  'trx',
  'nrx',
  'market_share',
  'growth',
  'reach',
  'frequency',
  'call_effectiveness',
  'sample_to_script_ratio',
  'formulary_access',
  'win_rate',
  'revenue_growth',
  'avg_deal_size',
  'sales_cycle_length',
  'lead_conversion_rate',
  'cac',
  'quota_attainment',
  'clv',
  'pipeline_coverage',
  'activities_per_rep',
] as const
export type KpiId = (typeof kpiIds)[number]

const marks = (critical: number, warning: number, target: number): KpiThresholds => ({
  critical,
  warning,
  target,
})

const shared = { direction: 'higher-better', formulaVersion: 1 } as const

export const kpiDefinitions: readonly KpiDefinition[] = [
  {
    ...shared,
    id: 'trx',
    label: 'Total prescriptions',
    family: 'outcome',
    unit: '',
    digits: 0,
    formula: 'Sum of the volume of all prescriptions in the period, new and refill.',
    thresholds: marks(100, 500, 1000),
    shares: { warning: 0.9, critical: 0.8 },
  },
  {
    ...shared,
    id: 'nrx',
    label: 'New prescriptions',
    family: 'outcome',
    unit: '',
    digits: 0,
    formula: 'Sum of the volume of new prescriptions in the period.',
    thresholds: marks(50, 200, 500),
    shares: { warning: 0.85, critical: 0.75 },
  },
  {
    ...shared,
    id: 'market_share',
    label: 'Market share',
    family: 'outcome',
    unit: '%',
    digits: 1,
    formula:
      '100 x total prescriptions of the product / all total prescriptions in the same territory and period.',
    thresholds: marks(5, 10, 20),
  },
  {
    ...shared,
    id: 'growth',
    label: 'Growth',
    family: 'outcome',
    unit: '%',
    digits: 1,
    formula:
      '100 x (total prescriptions - those of the equally long period before) / those of the period before; 0 if there were none.',
    thresholds: marks(-10, 5, 15),
  },
  {
    ...shared,
    id: 'reach',
    label: 'Reach',
    family: 'targeting',
    unit: '%',
    digits: 1,
    formula: '100 x distinct HCPs called / active HCPs in the territory.',
  },
  {
    ...shared,
    id: 'frequency',
    label: 'Call frequency',
    family: 'targeting',
    unit: 'calls per HCP',
    digits: 1,
    formula: 'Calls / distinct HCPs called.',
    thresholds: marks(1, 2, 4),
  },
  {
    ...shared,
    id: 'call_effectiveness',
    label: 'Call effectiveness',
    family: 'targeting',
    unit: 'per call',
    digits: 2,
    formula: 'New prescriptions of called HCPs in the period, each counted once, / calls.',
  },
  {
    ...shared,
    id: 'sample_to_script_ratio',
    label: 'Prescriptions per sample',
    family: 'targeting',
    unit: 'per sample',
    digits: 2,
    formula: 'New prescriptions / samples handed out in the period.',
    thresholds: marks(0.05, 0.1, 0.2),
  },
  {
    ...shared,
    id: 'formulary_access',
    label: 'Formulary access',
    family: 'targeting',
    unit: '%',
    digits: 1,
    formula: '100 x HCPs whose plans cover the product as preferred or standard / active HCPs.',
  },
  {
    ...shared,
    id: 'win_rate',
    label: 'Win rate',
    family: 'sales',
    unit: '%',
    digits: 1,
    formula: '100 x opportunities won / all opportunities created in the period.',
    thresholds: marks(15, 25, 35),
  },
  {
    ...shared,
    id: 'revenue_growth',
    label: 'Revenue growth',
    family: 'sales',
    unit: '%',
    digits: 1,
    formula:
      '100 x (won value - won value of the period before) / that of the period before; if that was 0, 100 when there is any, else 0.',
    thresholds: marks(2, 8, 15),
  },
  {
    ...shared,
    id: 'avg_deal_size',
    label: 'Average deal size',
    family: 'sales',
    unit: 'currency',
    digits: 0,
    formula: 'Won value / number of deals won.',
    thresholds: marks(10_000, 25_000, 50_000),
  },
  {
    ...shared,
    id: 'sales_cycle_length',
    label: 'Sales cycle',
    family: 'sales',
    unit: 'days',
    digits: 0,
    direction: 'lower-better',
    formula: 'Sum of the days from creation to close of the deals won / number of deals won.',
    thresholds: marks(90, 60, 45),
  },
  {
    ...shared,
    id: 'lead_conversion_rate',
    label: 'Lead conversion',
    family: 'sales',
    unit: '%',
    digits: 1,
    formula: '100 x opportunities created that are beyond prospecting / leads created.',
    thresholds: marks(2, 4, 5),
  },
  {
    ...shared,
    id: 'cac',
    label: 'Acquisition cost',
    family: 'sales',
    unit: 'currency',
    digits: 0,
    direction: 'lower-better',
    formula: '10 % of the won value / number of deals won (a stand-in until costs are recorded).',
    thresholds: marks(1000, 500, 300),
  },
  {
    ...shared,
    id: 'quota_attainment',
    label: 'Quota attainment',
    family: 'sales',
    unit: '%',
    digits: 1,
    formula: '100 x won value / quota of the period.',
    thresholds: marks(40, 60, 80),
  },
  {
    ...shared,
    id: 'clv',
    label: 'Customer lifetime value',
    family: 'sales',
    unit: 'currency',
    digits: 0,
    formula: 'Average won value x purchases per company x lifespan in months / 12.',
    thresholds: marks(1000, 3000, 5000),
  },
  {
    ...shared,
    id: 'pipeline_coverage',
    label: 'Pipeline coverage',
    family: 'sales',
    unit: 'times',
    digits: 1,
    formula: 'Value of open opportunities that close in the period / quota of the period.',
    thresholds: marks(2, 3, 4),
  },
  {
    ...shared,
    id: 'activities_per_rep',
    label: 'Activities per rep',
    family: 'activity',
    unit: 'per day',
    digits: 1,
    formula: 'Completed activities / days in the period, per rep.',
    thresholds: marks(5, 10, 15),
  },
]

const byId = new Map<string, KpiDefinition>(kpiDefinitions.map((definition) => [definition.id, definition]))

export function kpiDefinition(id: KpiId): KpiDefinition
export function kpiDefinition(id: string): KpiDefinition | undefined
export function kpiDefinition(id: string): KpiDefinition | undefined {
  return byId.get(id)
}

export type KpiStatus = 'critical' | 'warning' | 'on-track' | 'on-target'

const defaultShares = { warning: 0.9, critical: 0.75 }

function thresholdsFor(definition: KpiDefinition, target: number | undefined): KpiThresholds | undefined {
  if (target === undefined) return definition.thresholds
  const { warning, critical } = definition.shares ?? defaultShares
  return definition.direction === 'higher-better'
    ? { target, warning: target * warning, critical: target * critical }
    : { target, warning: target / warning, critical: target / critical }
}

/**
 * Grades a value against the set's own target, or against the definition's marks when there is none. Undefined when
 * there is neither. Lower-is-better KPIs are graded the other way round (the original graded them backwards).
 */
export function gradeKpi(id: KpiId, value: number, target?: number): KpiStatus | undefined {
  const definition = kpiDefinition(id)
  const thresholds = thresholdsFor(definition, target)
  if (!thresholds) return undefined
  const sign = definition.direction === 'higher-better' ? 1 : -1
  const reaches = (mark: number) => value * sign >= mark * sign
  if (reaches(thresholds.target)) return 'on-target'
  if (reaches(thresholds.warning)) return 'on-track'
  return reaches(thresholds.critical) ? 'warning' : 'critical'
}
