import type { PolicyRow } from '@fulqrun/rules'
import { Fragment } from 'react'
import { Badge } from '../../ui/Badge.tsx'
import { Button } from '../../ui/Button.tsx'
import { LockIcon } from '../../ui/icons.ts'
import { Table, Td, Th } from '../../ui/Table.tsx'
import { useNarrow } from '../../ui/use-media.ts'
import type { RuleGroup } from './rule-groups.ts'
import { isChangeable, strategyTitle, writerWords } from './strategy-words.ts'

interface RuleTableProps {
  /** `Rules of contacts`. */
  readonly caption: string
  readonly groups: readonly RuleGroup[]
  readonly onChange: (row: PolicyRow) => void
  readonly onTry: (path: string) => void
}

function RuleName({ row }: { readonly row: PolicyRow }) {
  const { policy, overridden } = row
  return (
    <span className="inline-flex flex-wrap items-center gap-1.5">
      {policy.writer === 'server' && <LockIcon aria-hidden className="size-3.5 shrink-0 text-pinned" />}
      {strategyTitle(policy.strategy)}
      {overridden && <Badge tone="accent">Changed here</Badge>}
    </span>
  )
}

function RowActions({
  row,
  onChange,
  onTry,
}: { readonly row: PolicyRow } & Pick<RuleTableProps, 'onChange' | 'onTry'>) {
  return (
    <span className="inline-flex">
      <Button
        size="sm"
        variant="quiet"
        aria-label={`Try the rule of ${row.label}`}
        onPress={() => {
          onTry(row.path)
        }}
      >
        Try
      </Button>
      {isChangeable(row.policy) && (
        <Button
          size="sm"
          variant="quiet"
          aria-label={`Change the rule of ${row.label}`}
          onPress={() => {
            onChange(row)
          }}
        >
          Change
        </Button>
      )}
    </span>
  )
}

/** What holds for every field of a kind of record. */
export function RuleTable(props: RuleTableProps) {
  return useNarrow() ? <RuleList {...props} /> : <WideTable {...props} />
}

function WideTable({ caption, groups, onChange, onTry }: RuleTableProps) {
  return (
    <div className="rounded-lg border border-line bg-surface">
      <Table className="table-fixed">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr>
            <Th className="w-[19%] ps-4">Field</Th>
            <Th className="w-[18%]">When people disagree</Th>
            <Th className="w-[17%]">Who writes it</Th>
            <Th>What a person is told</Th>
            <Th className="w-34">
              <span className="sr-only">Try and change</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {groups.map(({ part, rows }) => (
            <Fragment key={part}>
              <tr>
                <th
                  scope="colgroup"
                  colSpan={5}
                  className="h-8 border-b border-line bg-sunken px-4 text-start text-xs font-medium text-ink-2"
                >
                  {part}
                </th>
              </tr>
              {rows.map((row) => (
                <tr key={row.path}>
                  <Th scope="row" className="h-auto py-1.5 ps-4 align-top text-sm whitespace-normal text-ink">
                    {row.label}
                  </Th>
                  <Td className="h-auto py-1.5 align-top">
                    <RuleName row={row} />
                  </Td>
                  <Td className="h-auto py-1.5 align-top text-ink-2">{writerWords(row)}</Td>
                  <Td className="h-auto py-1.5 align-top text-ink-2">{row.policy.sentence}</Td>
                  <Td className="h-auto py-0.5 pe-3 text-end align-top">
                    <RowActions row={row} onChange={onChange} onTry={onTry} />
                  </Td>
                </tr>
              ))}
            </Fragment>
          ))}
        </tbody>
      </Table>
    </div>
  )
}

function RuleList({ caption, groups, onChange, onTry }: RuleTableProps) {
  return (
    <div role="group" aria-label={caption} className="flex flex-col gap-4">
      {groups.map(({ part, rows }) => (
        <section key={part} aria-label={part}>
          <h2 className="pb-1.5 text-sm font-medium">{part}</h2>
          <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface">
            {rows.map((row) => (
              <li key={row.path} className="flex flex-col gap-0.5 px-3 py-2 text-sm">
                <div className="flex items-center gap-2">
                  <span className="min-w-0 flex-1 font-medium">{row.label}</span>
                  <RowActions row={row} onChange={onChange} onTry={onTry} />
                </div>
                <RuleName row={row} />
                <span className="text-ink-2">{writerWords(row)}</span>
                <span className="text-xs text-ink-3">{row.policy.sentence}</span>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}
