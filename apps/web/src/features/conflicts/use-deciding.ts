import type { DocumentName } from '@fulqrun/protocol'
import {
  acceptNotice,
  chooseCandidate,
  chooseValue,
  type Conflict,
  decideOnProposal,
  keepBoth,
  type Proposal,
  SchemaError,
  undoDecision,
} from '@fulqrun/schema'
import type { Workspace } from '@fulqrun/sync'
import { useMemo } from 'react'
import type * as Y from 'yjs'
import { useWorkspace } from '../../data/workspace.tsx'
import { say } from '../../ui/Toaster.tsx'
import { cardKindOf } from './card.ts'
import { changeLog, type DecidedEntry, withEntry, withoutEntry } from './decided-log.ts'
import { removingPassage, restorePassage } from './text-undo.ts'

/** What a person can decide about the conflicts and proposals of one record; works offline, says it, can be undone. */
export interface Deciding {
  readonly choose: (conflict: Conflict, candidateId: string, said: string) => void
  /** Undefined clears the field. */
  readonly edit: (conflict: Conflict, value: unknown, said: string) => void
  /** Several at once, with one way back for all of them. */
  readonly chooseAll: (
    choices: readonly { readonly conflict: Conflict; readonly candidateId: string }[],
    said: string,
  ) => void
  readonly both: (conflict: Conflict, said: string) => void
  readonly undo: (conflictId: string) => void
  /** "I have read it": what became of a value or a proposal of this person. */
  readonly accept: (id: string) => void
  readonly answer: (
    proposal: Proposal,
    decision: 'approved' | 'rejected' | 'withdrawn',
    options: { readonly said: string; readonly comment?: string | undefined },
  ) => void
}

/**
 * Runs a command on a record, which a screen may have left meanwhile: an Undo works for as long as its toast stands.
 * Somebody else may have settled it in the meantime; then there is nothing to do but to say so.
 */
async function onRecord(
  workspace: Workspace,
  name: DocumentName,
  act: (doc: Y.Doc) => void,
): Promise<boolean> {
  const open = workspace.open(name)
  try {
    await open.ready
    act(open.doc)
    return true
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error
    say('This was settled or removed meanwhile.')
    return false
  } finally {
    open.release()
  }
}

/** Takes a decision about a conflict back, and off the list of what was decided. */
export function undoDecided(
  workspace: Workspace,
  { document, id }: Pick<DecidedEntry, 'document' | 'id'>,
): void {
  // Rejects for bugs only, which have to be heard.
  void onRecord(workspace, document, (doc) => {
    restorePassage(doc, id)
    undoDecision(doc, id, { now: workspace.now() })
    changeLog(workspace, (log) => withoutEntry(log, { document, id }))
  })
}

export function useDeciding(name: DocumentName): Deciding {
  const workspace = useWorkspace()
  return useMemo(() => {
    const log = (about: Pick<DecidedEntry, 'type' | 'id' | 'path'>) => {
      changeLog(workspace, (before) => withEntry(before, { ...about, document: name, at: workspace.now() }))
    }
    const undo = (id: string) => {
      undoDecided(workspace, { document: name, id })
    }
    const decide = ({ id, path }: Conflict, said: string, act: (doc: Y.Doc) => void) => {
      void onRecord(workspace, name, (doc) => {
        act(doc)
        log({ type: 'conflict', id, path })
        say(said, {
          label: 'Undo',
          onAction: () => {
            undo(id)
          },
        })
      })
    }
    return {
      undo,
      choose: (conflict, candidateId, said) => {
        decide(conflict, said, (doc) => {
          const act = () => {
            chooseCandidate(doc, conflict.id, candidateId, { now: workspace.now() })
          }
          if (cardKindOf(conflict.path) === 'text') removingPassage(doc, conflict, act)
          else act()
        })
      },
      chooseAll: (choices, said) => {
        void onRecord(workspace, name, (doc) => {
          for (const { conflict, candidateId } of choices) {
            chooseCandidate(doc, conflict.id, candidateId, { now: workspace.now() })
            log({ type: 'conflict', id: conflict.id, path: conflict.path })
          }
          say(said, {
            label: 'Undo',
            onAction: () => {
              for (const { conflict } of choices) undo(conflict.id)
            },
          })
        })
      },
      edit: (conflict, value, said) => {
        decide(conflict, said, (doc) => {
          chooseValue(doc, conflict.id, value, { now: workspace.now() })
        })
      },
      both: (conflict, said) => {
        decide(conflict, said, (doc) => {
          keepBoth(doc, conflict.id, { now: workspace.now() })
        })
      },
      accept: (id) => {
        void onRecord(workspace, name, (doc) => {
          acceptNotice(doc, id, { now: workspace.now() })
        })
      },
      answer: (proposal, decision, { said, comment }) => {
        void onRecord(workspace, name, (doc) => {
          decideOnProposal(doc, proposal.id, decision, { now: workspace.now(), comment })
          log({ type: 'proposal', id: proposal.id, path: proposal.path })
          say(said)
        })
      },
    }
  }, [workspace, name])
}
