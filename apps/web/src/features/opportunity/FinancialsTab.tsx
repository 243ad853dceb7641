import { type Financials, kindSpec, type OpportunityView, stageProbability } from '@fulqrun/schema'
import { useState } from 'react'
import { useMe } from '../../data/workspace.tsx'
import { formatMoney, formatValue } from '../../fields/format.ts'
import { useRecordScope } from '../../fields/record-scope.tsx'
import { Badge } from '../../ui/Badge.tsx'
import { Button } from '../../ui/Button.tsx'
import { HourglassIcon, LockIcon, PencilIcon } from '../../ui/icons.ts'
import { Section } from '../../ui/Section.tsx'
import { officialValue } from './official-drafts.ts'
import { OfficialDialog } from './OfficialDialog.tsx'
import { maySetOfficial } from './proposal-words.ts'
import { ProposalList } from './ProposalList.tsx'
import { ProposeDialog } from './ProposeDialog.tsx'

/** The official numbers that people propose for; version and source describe them and are not proposed. */
const moneyFields = (kindSpec('opportunity').pinned[0]?.fields ?? []).filter(
  ({ key }) => key !== 'version' && key !== 'source',
)

/** Official values with their lock and source, proposals beside them and never over them. */
export function FinancialsTab({ view }: { readonly view: OpportunityView }) {
  const me = useMe()
  const { canWrite } = useRecordScope()
  const [isSetting, setSetting] = useState(false)
  const { financials } = view
  return (
    <div className="flex max-w-4xl flex-col gap-4">
      <Section
        title="Official values"
        meta={<SourceLine financials={financials} />}
        actions={
          maySetOfficial(me.role) && canWrite ? (
            <Button
              size="sm"
              icon={<PencilIcon aria-hidden className="size-3.5" />}
              onPress={() => {
                setSetting(true)
              }}
            >
              Set official values
            </Button>
          ) : undefined
        }
      >
        <p className="mb-2 flex items-center gap-1.5 text-sm text-pinned">
          <LockIcon aria-hidden className="size-3.5 shrink-0" />
          Set by finance. Totals and reports use these and nothing else.
        </p>
        <ul className="divide-y divide-line">
          {moneyFields.map((spec) => (
            <li key={spec.key}>
              <OfficialRow view={view} fieldKey={spec.key} />
            </li>
          ))}
          <li>
            <WeightedRow view={view} />
          </li>
        </ul>
      </Section>
      <ProposalList view={view} />
      {isSetting && (
        <OfficialDialog
          financials={financials}
          onClose={() => {
            setSetting(false)
          }}
        />
      )}
    </div>
  )
}

function SourceLine({ financials }: { readonly financials: Financials }) {
  if (financials.version === 0) return 'none set yet'
  return `version ${financials.version}${financials.source === undefined ? '' : ` - ${financials.source}`}`
}

const rowClass =
  'grid min-h-11 grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-0.5 py-1.5 sm:grid-cols-[9rem_9rem_minmax(0,1fr)_auto]'

function OfficialRow({ view, fieldKey }: { readonly view: OpportunityView; readonly fieldKey: string }) {
  const { canWrite } = useRecordScope()
  const [isProposing, setProposing] = useState(false)
  const spec = moneyFields.find(({ key }) => key === fieldKey)
  if (spec === undefined) return null
  const { currency } = view.financials
  const value = officialValue(view.financials, fieldKey)
  const words = formatValue(spec, value, { currency })
  const waiting = view.proposals.filter(({ path, status }) => path === spec.path && status === 'waiting')
  return (
    <div className={rowClass}>
      <span className="text-sm text-ink-2">{spec.label}</span>
      <span className="num text-end text-base font-semibold text-ink">
        {words === '' ? <span className="font-normal text-ink-3">Not set yet</span> : words}
      </span>
      <span className="flex flex-wrap gap-1">
        {waiting.map((proposal) => (
          <Badge key={proposal.id} tone="attention" icon={<HourglassIcon aria-hidden />}>
            {formatValue(spec, proposal.value, { currency })} proposed
          </Badge>
        ))}
      </span>
      {canWrite ? (
        <Button
          size="sm"
          aria-label={`Propose another ${spec.label.toLowerCase()}`}
          onPress={() => {
            setProposing(true)
          }}
        >
          Propose
        </Button>
      ) : (
        <span />
      )}
      {isProposing && (
        <ProposeDialog
          spec={spec}
          official={value}
          currency={currency}
          onClose={() => {
            setProposing(false)
          }}
        />
      )}
    </div>
  )
}

function WeightedRow({ view }: { readonly view: OpportunityView }) {
  const { financials, fields } = view
  const probability = fields.probability ?? stageProbability(fields.stage)
  const source = fields.probability === undefined ? 'the probability of the stage' : 'the stated probability'
  return (
    <div className={rowClass}>
      <span className="text-sm text-ink-2">Weighted value</span>
      <span className="num text-end text-base font-semibold text-ink">
        {financials.amount === undefined ? (
          <span className="font-normal text-ink-3">Not known</span>
        ) : (
          formatMoney(Math.round((financials.amount * probability) / 100), financials.currency)
        )}
      </span>
      <span className="num col-span-2 text-sm text-ink-3">
        Official amount x {probability} %, {source}
      </span>
    </div>
  )
}
