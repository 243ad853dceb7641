import { type DocumentKind, documentKinds } from '@fulqrun/protocol'
import { type PolicyRow, policyRows, type PolicyTable } from '@fulqrun/rules'
import { kindSpec } from '@fulqrun/schema'
import { useMemo, useState } from 'react'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { SearchIcon } from '../../ui/icons.ts'
import { Select } from '../../ui/Select.tsx'
import { SearchField } from '../../ui/TextField.tsx'
import { ToggleChip } from '../../ui/ToggleChip.tsx'
import { ChangeRuleDialog } from './ChangeRuleDialog.tsx'
import { groupRules } from './rule-groups.ts'
import { RuleTable } from './RuleTable.tsx'

interface RulesOfKindProps {
  readonly kind: DocumentKind
  readonly table: PolicyTable
  readonly onKind: (kind: DocumentKind) => void
  /** Goes to the bench with a field. */
  readonly onTry: (path: string) => void
}

const kindChoices = documentKinds.map((kind) => ({ id: kind, label: kindSpec(kind).label }))

/** The rules of one kind of record, to read, to look through and to change. */
export function RulesOfKind({ kind, table, onKind, onTry }: RulesOfKindProps) {
  const [text, setText] = useState('')
  const [onlyChangeable, setOnlyChangeable] = useState(false)
  const [changing, setChanging] = useState<PolicyRow>()
  const rows = useMemo(() => policyRows(kind, table), [kind, table])
  const groups = useMemo(() => groupRules(rows, { text, onlyChangeable }), [rows, text, onlyChangeable])
  const { pluralLabel } = kindSpec(kind)
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <Select
          label="Kind of record"
          hideLabel
          className="w-40 phone:w-full"
          choices={kindChoices}
          value={kind}
          onChange={(id) => {
            onKind(kindChoices.find((choice) => choice.id === id)?.id ?? kind)
          }}
        />
        <SearchField label="Find a field" className="w-56 phone:w-full" value={text} onChange={setText} />
        <ToggleChip isOn={onlyChangeable} onToggle={setOnlyChangeable}>
          Only what can be changed
        </ToggleChip>
      </div>
      {groups.length === 0 ? (
        <EmptyState icon={<SearchIcon aria-hidden />} title="No field matches">
          Look for another word, or show all rules.
        </EmptyState>
      ) : (
        <RuleTable
          caption={`Rules of ${pluralLabel.toLowerCase()}`}
          groups={groups}
          onChange={setChanging}
          onTry={onTry}
        />
      )}
      {changing !== undefined && (
        <ChangeRuleDialog
          kind={kind}
          row={changing}
          table={table}
          onClose={() => {
            setChanging(undefined)
          }}
        />
      )}
    </>
  )
}
