import { useMe, usePeople } from '../../data/workspace.tsx'
import { Section } from '../../ui/Section.tsx'
import { Select } from '../../ui/Select.tsx'
import type { ImportChoices } from './import-job.ts'
import type { OpenImport } from './use-import.ts'

const orders = [
  { id: 'ymd', label: 'Year, month, day: 2026-03-31' },
  { id: 'dmy', label: 'Day, month, year: 31/03/2026' },
  { id: 'mdy', label: 'Month, day, year: 03/31/2026' },
] as const
const decimals = [
  { id: '.', label: 'A point: 1,234.50' },
  { id: ',', label: 'A comma: 1.234,50' },
] as const
const nobody = 'nobody'

interface Props {
  readonly open: OpenImport
  readonly onChange: (choices: Partial<ImportChoices>) => void
}

/** What a file does not say: how its dates and numbers are written, and where new records belong. */
export function ReadingQuestions({ open, onChange }: Props) {
  const { choices, questions } = open
  const { territories } = useMe()
  const people = usePeople()
  return (
    <Section title="What the file does not say">
      <div className="grid max-w-200 gap-3 sm:grid-cols-2">
        {questions.asksDates && (
          <Select
            label="Dates are written"
            choices={orders}
            value={choices.dates}
            placeholder="Choose the order"
            isRequired
            onChange={(id) => {
              onChange({ dates: orders.find((order) => order.id === id)?.id })
            }}
          />
        )}
        {questions.asksDecimal && (
          <Select
            label="Decimals of numbers follow"
            choices={decimals}
            value={choices.decimal}
            placeholder="Choose the sign"
            isRequired
            onChange={(id) => {
              onChange({ decimal: decimals.find((decimal) => decimal.id === id)?.id })
            }}
          />
        )}
        <Select
          label="Territory of new records"
          choices={territories.map(({ id, name }) => ({ id, label: name }))}
          value={choices.territoryId}
          onChange={(territoryId) => {
            onChange({ territoryId })
          }}
        />
        <Select
          label="Owner of new records"
          help="Where the row names none."
          choices={[
            { id: nobody, label: 'Nobody yet' },
            ...people.map(({ id, name, role }) => ({ id, label: name, detail: role })),
          ]}
          value={choices.ownerId ?? nobody}
          onChange={(id) => {
            onChange({ ownerId: id === nobody ? undefined : id })
          }}
        />
      </div>
    </Section>
  )
}

/** What has to be chosen before the rows can be read. */
export function openQuestion({ choices, questions }: OpenImport): string | undefined {
  if (questions.asksDates && choices.dates === undefined) return 'Choose how dates are written first.'
  if (questions.asksDecimal && choices.decimal === undefined) return 'Choose how decimals are written first.'
  return undefined
}
