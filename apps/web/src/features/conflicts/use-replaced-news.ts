import type { Conflict, DocumentView } from '@fulqrun/schema'
import type { OpenDocument } from '@fulqrun/sync'
import { conflictLabel } from './conflict-label.ts'
import { useEffect, useRef, useState } from 'react'
import { useWorkspace } from '../../data/workspace.tsx'
import { say } from '../../ui/Toaster.tsx'
import { replacedNews, replacedSentence } from './conflict-words.ts'
import { conflictsMarked, ownLosers } from './marks.ts'
import { useRecordMarks } from './record-marks.tsx'
import { useCardContext } from './use-card-context.ts'
import { useDeciding } from './use-deciding.ts'
import { currencyOf, useValueWords } from './use-value-words.ts'

/** What the server notes a little before this screen was opened still counts as happening now. */
const slackMs = 5_000

/**
 * Tells the person when a value of theirs is replaced while they look at the record; what happened before is the
 * banner's to say. Answers the sentence for readers of the screen.
 */
export function useReplacedNews(open: OpenDocument, view: DocumentView): string {
  const workspace = useWorkspace()
  const { marks } = useRecordMarks()
  const context = useCardContext()
  const words = useValueWords(view.kind, currencyOf(view))
  const deciding = useDeciding(open.name)
  const [since] = useState(() => workspace.now())
  const [message, setMessage] = useState('')
  const told = useRef(new Set<string>())
  const unread = conflictsMarked(marks, 'replaced')
  const tell = useRef<(conflict: Conflict) => void>(() => undefined)
  useEffect(() => {
    tell.current = (conflict) => {
      const label = conflictLabel(view, conflict)
      const news = replacedNews(
        label,
        replacedSentence(conflict, context, (value) => words(conflict.path, value)),
      )
      const mine = ownLosers(conflict, context.userId)[0]
      setMessage(news)
      if (mine === undefined) {
        say(news)
        return
      }
      say(news, {
        label: 'Use mine',
        onAction: () => {
          deciding.choose(conflict, mine.id, `${label}: yours is back`)
        },
      })
    }
  })
  useEffect(() => {
    for (const conflict of unread) {
      if (told.current.has(conflict.id) || lastReceived(conflict) < since - slackMs) continue
      told.current.add(conflict.id)
      tell.current(conflict)
    }
  })
  return message
}

/** When the value that replaced the other one arrived, or the decision about it was made. */
function lastReceived({ candidates, openedAt, decision }: Conflict): number {
  return Math.max(openedAt, decision?.at ?? 0, ...candidates.map(({ receivedAt }) => receivedAt))
}
