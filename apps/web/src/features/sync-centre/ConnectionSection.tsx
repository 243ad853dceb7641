import { useNow } from '../../data/clock.ts'
import { useStore } from '../../data/store.ts'
import { useWorkspace } from '../../data/workspace.tsx'
import { formatAgo, formatNumber } from '../../fields/format.ts'
import { confirmedWords, connectionWords } from '../../frame/sync-words.ts'
import { Section } from '../../ui/Section.tsx'
import { Select } from '../../ui/Select.tsx'
import { Fact, Facts } from './Facts.tsx'

const modes = [
  { id: 'auto', label: 'Automatic' },
  { id: 'normal', label: 'Normal' },
  { id: 'saver', label: 'Save data' },
] as const

/** Whether the server is heard, how fast, and how much data that may cost. */
export function ConnectionSection() {
  const workspace = useWorkspace()
  const session = useStore(workspace.session)
  const { lastSyncedAt } = useStore(workspace.sync)
  const { latencyMs, connectedSince } = useStore(workspace.measures)
  const { others } = useStore(workspace.tabs)
  const saver = useStore(workspace.saver)
  const choice = useStore(workspace.saverChoice)
  const now = useNow(1_000)
  return (
    <Section title="Connection">
      <Facts>
        <Fact label="State">{connectionWords(session, now)}</Fact>
        <Fact label="Last confirmed by the server">{confirmedWords(lastSyncedAt, now)}</Fact>
        <Fact label="Answer time">
          {latencyMs === undefined ? 'Not measured yet' : `${formatNumber(Math.round(latencyMs))} ms`}
        </Fact>
        {connectedSince !== undefined && (
          <Fact label="Connected since">{formatAgo(connectedSince, now)}</Fact>
        )}
        {others > 0 && (
          <Fact
            label="Other tabs of this app"
            help="They share what is on this device; one of them does the exchange."
          >
            {others}
          </Fact>
        )}
        <Fact
          label="Data"
          help={
            choice === 'auto'
              ? saver === 'saver'
                ? 'Saving now: the connection is slow, or the browser asks for it.'
                : 'Saves when the connection is slow or the browser asks for it.'
              : undefined
          }
        >
          <Select
            label="Data"
            hideLabel
            className="w-48"
            choices={modes}
            value={choice}
            onChange={(id) => {
              const mode = modes.find((known) => known.id === id)
              // Rejects only where its code cannot be loaded; the choice then stays what it was.
              if (mode !== undefined) workspace.setSaver(mode.id).catch(() => undefined)
            }}
          />
        </Fact>
      </Facts>
    </Section>
  )
}
