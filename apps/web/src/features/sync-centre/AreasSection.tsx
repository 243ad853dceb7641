import { documentKinds } from '@fulqrun/protocol'
import { useNow } from '../../data/clock.ts'
import { useStore } from '../../data/store.ts'
import { useWorkspace } from '../../data/workspace.tsx'
import { formatAgo, formatNumber } from '../../fields/format.ts'
import { hereWords } from '../../frame/replica-words.ts'
import { Section } from '../../ui/Section.tsx'
import { Table, Td, Th } from '../../ui/Table.tsx'
import { sizeWords } from '../../frame/storage-words.ts'
import { areaLabels } from './sync-centre-words.ts'

/** What of each area is on this device, and how fresh. */
export function AreasSection() {
  const { replica } = useWorkspace()
  const state = useStore(replica)
  const now = useNow(10_000)
  const isKept = state.mode !== 'memory'
  const here = isKept ? 'On this device' : 'In this page'
  const meta = isKept ? hereWords(state) : 'gone when you close it'
  const areas = documentKinds.flatMap((kind) => state.areas.find((area) => area.kind === kind) ?? [])
  return (
    <Section title={here} meta={state.documents === 0 ? undefined : meta}>
      {state.areas.length === 0 ? (
        <p className="text-base text-ink-2">
          No records yet. They come with the first connection and stay here from then on.
        </p>
      ) : (
        <div className="-mx-4 -my-3">
          <Table className="num">
            <caption className="sr-only">Records by area</caption>
            <thead>
              <tr>
                <Th className="ps-4">Area</Th>
                <Th className="text-end max-sm:hidden">Records</Th>
                <Th className="text-end">{here}</Th>
                <Th className="text-end max-sm:hidden">To get</Th>
                <Th className="text-end max-[22rem]:hidden">Size</Th>
                <Th className="pe-4 text-end">Checked</Th>
              </tr>
            </thead>
            <tbody className="[&>tr:last-child>*]:border-b-0">
              {areas.map(({ kind, documents, onDevice, pending, bytes, oldestAt }) => (
                <tr key={kind}>
                  <th scope="row" className="h-9 border-b border-line ps-4 pe-2 text-start font-medium">
                    {areaLabels[kind]}
                  </th>
                  <Td className="text-end max-sm:hidden">{formatNumber(documents)}</Td>
                  <Td className="text-end">
                    {formatNumber(onDevice)}
                    <span className="sm:hidden"> of {formatNumber(documents)}</span>
                  </Td>
                  <Td className="text-end max-sm:hidden">{pending === 0 ? 'None' : formatNumber(pending)}</Td>
                  <Td className="text-end whitespace-nowrap max-[22rem]:hidden">{sizeWords(bytes)}</Td>
                  <Td className="pe-4 text-end whitespace-nowrap">
                    {oldestAt === undefined ? 'Not yet' : formatAgo(oldestAt, now)}
                  </Td>
                </tr>
              ))}
            </tbody>
          </Table>
        </div>
      )}
      {state.setAside > 0 && (
        <p className="mt-5 text-sm text-ink-2">
          {state.setAside === 1 ? '1 damaged copy was' : `${state.setAside} damaged copies were`} put aside
          and fetched again. Nothing of yours was in {state.setAside === 1 ? 'it' : 'them'} alone.
        </p>
      )}
    </Section>
  )
}
