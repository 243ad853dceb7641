import { type Proposal, type ProposalStatus, readProposals, type StoredProposal } from '@fulqrun/schema'
import type * as Y from 'yjs'

/** Decided proposals that a document keeps; older ones are in the history. */
const maxClosed = 100

interface ProposalIndex {
  readonly waiting: Map<string, StoredProposal>
  /** Time of the proposal by id. */
  readonly closed: Map<string, number>
}

const indexes = new WeakMap<Y.Doc, ProposalIndex>()

/**
 * The proposals of a document, found without reading everything that was ever proposed. Written by admission only; a
 * change of the server's own that writes them makes the book read them anew.
 */
export class ProposalBook {
  readonly #document: Y.Doc
  readonly #proposals: Y.Map<unknown>

  constructor(document: Y.Doc) {
    this.#document = document
    this.#proposals = document.getMap('proposals')
  }

  /** Takes in the proposals of a document, if that has not been done. */
  static read(document: Y.Doc): void {
    void new ProposalBook(document).#index
  }

  /** Forgets what it knows of a document: somebody else has written its proposals. */
  static reread(document: Y.Doc): void {
    indexes.delete(document)
  }

  get(id: string): Proposal | undefined {
    const { waiting, closed } = this.#index
    if (!waiting.has(id) && !closed.has(id)) return undefined
    return { ...(this.#proposals.get(id) as StoredProposal), id }
  }

  get hasWaiting(): boolean {
    return this.#index.waiting.size > 0
  }

  /** Those for one field that wait. */
  waitingAt(path: string): readonly Proposal[] {
    return [...this.#index.waiting].flatMap(([id, proposal]) =>
      proposal.path === path ? [{ ...proposal, id }] : [],
    )
  }

  /** Those of one person for one field that wait. */
  waiting(author: string, path: string): readonly Proposal[] {
    return this.waitingAt(path).filter((proposal) => proposal.author === author)
  }

  set(id: string, proposal: StoredProposal): void {
    const { waiting, closed } = this.#index
    this.#proposals.set(id, proposal)
    if (proposal.status === 'waiting') {
      waiting.set(id, proposal)
      closed.delete(id)
      return
    }
    waiting.delete(id)
    closed.set(id, proposal.proposedAt)
    if (closed.size <= maxClosed) return
    const oldest = [...closed].toSorted((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1))
    for (const [each] of oldest.slice(0, -maxClosed)) {
      closed.delete(each)
      this.#proposals.delete(each)
    }
  }

  /** Closes a waiting proposal. False, and nothing written, when there is none or it was already decided. */
  close(
    id: string,
    {
      status,
      by,
      comment,
      at,
    }: {
      readonly status: Exclude<ProposalStatus, 'waiting'>
      readonly by: string
      readonly comment?: string | undefined
      readonly at: number
    },
  ): boolean {
    const proposal = this.#index.waiting.get(id)
    if (proposal === undefined) return false
    this.set(id, {
      ...proposal,
      status,
      decidedBy: by,
      decidedAt: at,
      ...(comment === undefined || comment === '' ? {} : { comment }),
    })
    this.#document.getMap('edited').set(`proposals.${id}`, at)
    return true
  }

  get #index(): ProposalIndex {
    let index = indexes.get(this.#document)
    if (index === undefined) {
      index = { waiting: new Map(), closed: new Map() }
      for (const { id, ...proposal } of readProposals(this.#document)) {
        if (proposal.status === 'waiting') index.waiting.set(id, proposal)
        else index.closed.set(id, proposal.proposedAt)
      }
      indexes.set(this.#document, index)
    }
    return index
  }
}
