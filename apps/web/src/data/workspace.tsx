import type { DocumentKind, DocumentName, Me, Person } from '@fulqrun/protocol'
import type { DocumentState, ListedEntry, OpenDocument, Workspace } from '@fulqrun/sync'
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo } from 'react'
import { createStore, useStore } from './store.ts'

interface WorkspaceContextValue {
  readonly me: Me
  readonly workspace: Workspace
}

const WorkspaceContext = createContext<WorkspaceContextValue | undefined>(undefined)

/** Gives the screens the signed-in person and their workspace. */
export function WorkspaceProvider({
  me,
  workspace,
  children,
}: WorkspaceContextValue & { readonly children: ReactNode }) {
  const value = useMemo(() => ({ me, workspace }), [me, workspace])
  return <WorkspaceContext value={value}>{children}</WorkspaceContext>
}

function useWorkspaceContext(): WorkspaceContextValue {
  const value = useContext(WorkspaceContext)
  if (value === undefined) throw new Error('used outside WorkspaceProvider')
  return value
}

export function useWorkspace(): Workspace {
  return useWorkspaceContext().workspace
}

export function useMe(): Me {
  return useWorkspaceContext().me
}

/** Everybody in the organization; empty until the list has been here once. */
export function usePeople(): readonly Person[] {
  return useStore(useWorkspace().people)
}

/** Turns a user id into a name. An id that nobody knows (yet) reads as `Someone`. */
export function usePersonName(): (id: string) => string {
  const people = usePeople()
  const me = useMe()
  const names = useMemo(() => new Map(people.map((person) => [person.id, person.name])), [people])
  return useCallback((id) => names.get(id) ?? (id === me.user.id ? me.user.name : 'Someone'), [names, me])
}

/** Entries of one kind, in the catalogue's order, with those created on this device. */
export function useCatalogue(kind: DocumentKind): readonly ListedEntry[] {
  const entries = useStore(useWorkspace().catalogue)
  return useMemo(() => entries.filter((entry) => entry.kind === kind), [entries, kind])
}

/** Opens a document while the component is mounted; undefined until the first effect has run. */
export function useDocument(name: DocumentName): OpenDocument | undefined {
  const workspace = useWorkspace()
  const holder = useMemo(() => createStore<OpenDocument | undefined>(undefined), [])
  useEffect(() => {
    const opened = workspace.open(name)
    holder.set(opened)
    return () => {
      holder.set(undefined)
      opened.release()
    }
  }, [workspace, name, holder])
  const open = useStore(holder)
  return open?.name === name ? open : undefined
}

export function useDocumentState(open: OpenDocument): DocumentState {
  return useStore(open.state)
}
