import type { DocumentView } from '@fulqrun/schema'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { useRecordScope } from '../../fields/record-scope.tsx'
import { Banner } from '../../ui/Banner.tsx'
import { Button } from '../../ui/Button.tsx'
import { DiamondIcon, InfoIcon } from '../../ui/icons.ts'
import { conflictLabel } from './conflict-label.ts'
import { bannerWords, replacedBannerWords } from './conflict-words.ts'
import { conflictsMarked } from './marks.ts'
import { useRecordMarks } from './record-marks.tsx'
import { useCardContext } from './use-card-context.ts'
import { useReplacedNews } from './use-replaced-news.ts'

const ReviewDialog = lazy(async () => {
  const { ReviewDialog: component } = await import('./ReviewDialog.tsx')
  return { default: component }
})

/** On top of a record: how many of its fields wait for a choice, and which values of this person were replaced. */
export function RecordBanners({ view }: { readonly view: DocumentView }) {
  const { open } = useRecordScope()
  const { marks } = useRecordMarks()
  const context = useCardContext()
  const news = useReplacedNews(open, view)
  const waiting = conflictsMarked(marks, 'conflict')
  const replaced = conflictsMarked(marks, 'replaced')
  return (
    <>
      <output className="sr-only">{news}</output>
      {waiting.length > 0 && (
        <ReviewBanner
          tone="conflict"
          icon={<DiamondIcon aria-hidden className="fill-current" />}
          conflictIds={waiting.map(({ id }) => id)}
        >
          {bannerWords(waiting, context, (conflict) => conflictLabel(view, conflict))}
        </ReviewBanner>
      )}
      {replaced.length > 0 && (
        <ReviewBanner
          tone="neutral"
          icon={<InfoIcon aria-hidden />}
          conflictIds={replaced.map(({ id }) => id)}
        >
          {replacedBannerWords(replaced.map((conflict) => conflictLabel(view, conflict)))}
        </ReviewBanner>
      )}
    </>
  )
}

function ReviewBanner({
  tone,
  icon,
  conflictIds,
  children,
}: {
  readonly tone: 'conflict' | 'neutral'
  readonly icon: ReactNode
  readonly conflictIds: readonly string[]
  readonly children: ReactNode
}) {
  const { open } = useRecordScope()
  const { facts } = useRecordMarks()
  // Those that the review started with: one that is decided stays in it, with its way back.
  const [reviewed, setReviewed] = useState<readonly string[]>()
  return (
    <>
      <Banner
        tone={tone}
        icon={icon}
        action={
          <Button
            size="sm"
            onPress={() => {
              setReviewed(conflictIds)
            }}
          >
            Review
          </Button>
        }
      >
        {children}
      </Banner>
      {reviewed !== undefined && (
        <Suspense fallback={null}>
          <ReviewDialog
            open={open}
            facts={facts}
            conflictIds={reviewed}
            onClose={() => {
              setReviewed(undefined)
            }}
          />
        </Suspense>
      )}
    </>
  )
}
