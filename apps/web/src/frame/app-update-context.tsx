import { createContext, useContext } from 'react'
import { createStore } from '../data/store.ts'
import type { AppUpdate } from './app-update.ts'

const none: AppUpdate = {
  isReady: createStore(false),
  isWaiting: createStore(false),
  install: () => undefined,
  restart: () => undefined,
  setBusy: () => undefined,
}

export const AppUpdateContext = createContext<AppUpdate>(none)

export function useAppUpdate(): AppUpdate {
  return useContext(AppUpdateContext)
}
