import type { DocumentKind } from '@fulqrun/protocol'
import {
  policyFor,
  type PolicyOverride,
  type PolicyRow,
  type PolicyTable,
  policyTable,
  type Strategy,
} from '@fulqrun/rules'
import { type FormEvent, useId, useMemo, useState } from 'react'
import { Badge } from '../../ui/Badge.tsx'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { Select } from '../../ui/Select.tsx'
import { TextArea } from '../../ui/TextField.tsx'
import { say } from '../../ui/Toaster.tsx'
import { exampleWords } from './example-words.ts'
import { fieldName, strategyDetail, strategyTitle } from './strategy-words.ts'
import { usePolicyChange } from './use-policy-change.ts'

interface ChangeRuleDialogProps {
  readonly kind: DocumentKind
  readonly row: PolicyRow
  readonly table: PolicyTable
  readonly onClose: () => void
}

/** The table as it would be with another strategy for a field. */
function tableWith({ version, settings }: PolicyTable, override: PolicyOverride): PolicyTable {
  return policyTable(version, { ...settings, overrides: [...settings.overrides, override] })
}

interface SideProps {
  readonly title: string
  readonly kind: DocumentKind
  readonly path: string
  readonly table: PolicyTable
}

function Side({ title, kind, path, table }: SideProps) {
  const policy = policyFor(kind, path, table)
  const example = useMemo(() => exampleWords(kind, path, table), [kind, path, table])
  if (policy === undefined) return null
  return (
    <div className="min-w-0 rounded-md border border-line p-3">
      <Badge>{title}</Badge>
      <p className="mt-1.5 text-base font-medium">{strategyTitle(policy.strategy)}</p>
      <p className="text-sm text-ink-2">{strategyDetail(policy.strategy)}</p>
      <p className="mt-1.5 text-sm text-ink">{example}</p>
    </div>
  )
}

/** Chooses another strategy for one field, says why, and shows what is different before it is. */
export function ChangeRuleDialog({ kind, row, table, onClose }: ChangeRuleDialogProps) {
  const form = usePolicyChange(table)
  const others = row.policy.changeableTo.filter((strategy) => strategy !== row.policy.strategy)
  const [wanted, setWanted] = useState<Strategy | undefined>(others[0])
  const next = useMemo(
    () => (wanted === undefined ? undefined : tableWith(table, { kind, path: row.path, strategy: wanted })),
    [table, kind, row.path, wanted],
  )
  const formId = useId()
  const name = fieldName(kind, row.path)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (wanted === undefined) return
    // Never rejects: what goes wrong is the form's problem.
    void form.send({ type: 'strategy', kind, path: row.path, strategy: wanted }).then((isInForce) => {
      if (!isInForce) return
      say(`${name}: ${strategyTitle(wanted).toLowerCase()}. This holds from the next change on.`)
      onClose()
    })
  }
  return (
    <Dialog
      isOpen
      onOpenChange={onClose}
      title={`Rule of ${name}`}
      lead="Holds for the whole organization, for changes that arrive from now on."
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form={formId} isDisabled={form.isSending}>
            Change the rule
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} className="flex flex-col gap-3">
        <Select
          label="When two people change it apart from each other"
          choices={others.map((strategy) => ({ id: strategy, label: strategyTitle(strategy) }))}
          value={wanted}
          onChange={(id) => {
            setWanted(others.find((strategy) => strategy === id))
          }}
        />
        <div className="grid gap-2 sm:grid-cols-2">
          <Side title="Now" kind={kind} path={row.path} table={table} />
          {next !== undefined && <Side title="Then" kind={kind} path={row.path} table={next} />}
        </div>
        <TextArea
          label="Reason"
          isRequired
          validationBehavior="aria"
          help="Kept with the change, for whoever asks later."
          maxLength={2000}
          value={form.reason}
          onChange={form.setReason}
          error={form.problem}
        />
      </form>
    </Dialog>
  )
}
