import { createContext, useContext } from 'react'
import { useStore } from '../data/store.ts'
import type { Session, SessionView } from './session.ts'

export const SessionContext = createContext<Session | undefined>(undefined)

export function useSession(): Session {
  const session = useContext(SessionContext)
  if (session === undefined) throw new Error('used outside SessionContext')
  return session
}

export function useSessionView(): SessionView {
  return useStore(useSession())
}
