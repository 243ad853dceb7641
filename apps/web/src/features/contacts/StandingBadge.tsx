import { Badge } from '../../ui/Badge.tsx'
import { AlertTriangleIcon, CheckIcon, CircleIcon, XIcon } from '../../ui/icons.ts'
import type { StandingWords } from './consent-words.ts'

const icons = {
  neutral: <CircleIcon aria-hidden />,
  good: <CheckIcon aria-hidden />,
  attention: <AlertTriangleIcon aria-hidden />,
  conflict: <XIcon aria-hidden />,
}

/** What a channel or a licence comes to today: an icon and words, the colour only helps. */
export function StandingBadge({ tone, words }: StandingWords) {
  return (
    // The words are a sentence at times, and wrap where there is no room for it.
    <Badge tone={tone} icon={icons[tone]} className="h-auto min-h-5 whitespace-normal">
      {words}
    </Badge>
  )
}
