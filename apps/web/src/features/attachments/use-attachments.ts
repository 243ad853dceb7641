import type { Attachments, UploadStatus } from '@fulqrun/sync'
import { useEffect, useMemo } from 'react'
import { createStore, useStore } from '../../data/store.ts'
import { useWorkspace } from '../../data/workspace.tsx'

/** This device's files, once their code is here; undefined until then. */
export function useAttachments(): Attachments | undefined {
  const workspace = useWorkspace()
  const holder = useMemo(() => createStore<Attachments | undefined>(undefined), [])
  useEffect(() => {
    let isGone = false
    workspace.attachments().then(
      (attachments) => {
        if (!isGone) holder.set(attachments)
      },
      // Without the code, which a later look loads, files are listed and not shown.
      () => undefined,
    )
    return () => {
      isGone = true
    }
  }, [workspace, holder])
  return useStore(holder)
}

/** Files of this device that the server has not got, by the id of their entry. */
export function useUploads(): ReadonlyMap<string, UploadStatus> {
  const files = useStore(useWorkspace().files)
  return useMemo(() => new Map(files.map((file) => [file.id, file])), [files])
}
