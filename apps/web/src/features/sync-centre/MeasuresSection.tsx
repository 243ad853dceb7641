import { useStore } from '../../data/store.ts'
import { useWorkspace } from '../../data/workspace.tsx'
import { MeasuresCharts } from './MeasuresCharts.tsx'

/** Latency, data, reconnects and errors of the last hour. */
export function MeasuresSection() {
  const { minutes } = useStore(useWorkspace().measures)
  return <MeasuresCharts minutes={minutes} />
}
