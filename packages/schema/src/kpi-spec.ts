import type { FieldGroup, FieldShape, FieldShapes } from './field-spec.ts'
import { kpiDefinitions, type KpiDefinition, type KpiId } from './kpi-definitions.ts'

export const kpiGroups: readonly FieldGroup[] = [{ id: 'overview', label: 'Overview' }]

/** Scalar fields of a KPI set: one set per territory and quarter. */
export const kpiFields = {
  period: { label: 'Quarter', type: 'period', required: true, default: '', group: 'overview' },
  title: { label: 'Title', type: 'string', default: '', maxLength: 200, group: 'overview' },
} as const satisfies FieldShapes

export const kpiTexts: FieldShapes = {
  commentary: {
    label: 'Commentary',
    type: 'text',
    help: 'What is behind the numbers. Written together.',
    group: 'overview',
  },
}

function perKpi<T extends FieldShape>(shape: (definition: KpiDefinition) => T): Readonly<Record<KpiId, T>> {
  return Object.fromEntries(kpiDefinitions.map((definition) => [definition.id, shape(definition)])) as Record<
    KpiId,
    T
  >
}

export const kpiTargetFields = perKpi(({ label, unit }) => ({ label, unit, type: 'number' as const }))

export const kpiValueFields = perKpi(({ label, unit, formula }) => ({
  label,
  unit,
  type: 'kpiValue' as const,
  help: formula,
}))
