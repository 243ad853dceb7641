import { useMe, usePersonName } from '../../data/workspace.tsx'
import { useNow } from '../history/use-now.ts'
import type { CardContext } from './card.ts'

/** Who looks at a card, and when. */
export function useCardContext(): CardContext {
  const me = useMe()
  const nameOf = usePersonName()
  return { userId: me.user.id, nameOf, now: useNow() }
}
