import { importColumn, importColumns } from '@fulqrun/schema'
import { useMemo, useState } from 'react'
import { Button } from '../../ui/Button.tsx'
import { Section } from '../../ui/Section.tsx'
import { Select } from '../../ui/Select.tsx'
import { Table, Td, Th } from '../../ui/Table.tsx'
import type { ImportChoices } from './import-job.ts'
import { withColumn } from './mapping.ts'
import { requiredPath } from './rows.ts'
import type { OpenImport } from './use-import.ts'

interface Props {
  readonly open: OpenImport
  readonly onChange: (choices: Partial<ImportChoices>) => void
}

const leftOut = 'leave-out'

/** Which column of the file goes to which field; guessed from the heading. */
export function MapColumns({ open, onChange }: Props) {
  const { job, choices } = open
  const { kind, headers, lines } = job
  const { mapping } = choices
  const fields = useMemo(
    () => [
      { id: leftOut, label: 'Leave out' },
      ...importColumns(kind).map(({ path, label, how }) => ({
        id: path,
        label,
        ...(how === 'proposal' ? { detail: 'Becomes a proposal for approval' } : {}),
      })),
    ],
    [kind],
  )
  const examples = useMemo(
    () =>
      headers.map(
        (_, index) => lines.find(({ cells }) => (cells[index] ?? '').trim() !== '')?.cells[index] ?? '',
      ),
    [headers, lines],
  )
  const used = mapping.filter((path) => path !== null).length
  const required = requiredPath(kind)
  const isMissing = !mapping.includes(required)
  const [isOpened, setOpened] = useState(false)
  // What every row does is what matters now.
  const isFolded = open.checked !== undefined && !isOpened
  if (isFolded)
    return (
      <Section
        title="Columns"
        meta={`${used} of ${headers.length} used`}
        actions={
          <Button
            size="sm"
            onPress={() => {
              setOpened(true)
            }}
          >
            Change columns
          </Button>
        }
      >
        <p className="text-base text-ink-2">
          {mapping
            .flatMap((path) => (path === null ? [] : (importColumn(kind, path)?.label ?? [])))
            .join(', ')}
        </p>
      </Section>
    )
  return (
    <Section title="Columns" meta={`${used} of ${headers.length} used`}>
      {isMissing && (
        <p role="status" className="mb-2 text-base text-conflict">
          Say which column is {importColumn(kind, required)?.label}: every row needs it.
        </p>
      )}
      <Table>
        <caption className="sr-only">Columns of the file and the fields that they go to</caption>
        <thead>
          <tr>
            <Th>In the file</Th>
            <Th className="phone:hidden">First value</Th>
            <Th className="w-1/2 sm:w-72">Goes to</Th>
          </tr>
        </thead>
        <tbody>
          {headers.map((header, index) => (
            <tr key={header}>
              <Td className="max-w-40 py-1">
                <p className="font-medium break-words">{header}</p>
                <p className="truncate text-ink-3 md:hidden">{examples[index]}</p>
              </Td>
              <Td className="max-w-64 truncate text-ink-2 phone:hidden">{examples[index]}</Td>
              <Td className="py-1">
                <Select
                  label={`${header} goes to`}
                  hideLabel
                  choices={fields}
                  value={mapping[index] ?? leftOut}
                  onChange={(id) => {
                    onChange({ mapping: withColumn(mapping, index, id === leftOut ? null : id) })
                  }}
                />
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Section>
  )
}
