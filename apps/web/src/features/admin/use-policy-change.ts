import type { PolicyChangeRequest } from '@fulqrun/protocol'
import type { PolicyTable } from '@fulqrun/rules'
import { useState } from 'react'
import { useWorkspace } from '../../data/workspace.tsx'
import { changeProblem, putPolicyChange } from './policy-api.ts'

export interface PolicyChangeForm {
  readonly reason: string
  readonly setReason: (reason: string) => void
  readonly isSending: boolean
  /** What is wrong, in words; undefined while nothing is. */
  readonly problem: string | undefined
  /** Sends the change with the reason; resolves to whether it is in force. */
  readonly send: (change: PolicyChangeRequest['change']) => Promise<boolean>
}

/** A change of the rules with its reason, from the table that is on the screen. */
export function usePolicyChange({ version }: PolicyTable): PolicyChangeForm {
  const workspace = useWorkspace()
  const [reason, setReason] = useState('')
  const [isSending, setSending] = useState(false)
  const [problem, setProblem] = useState<string>()
  const send = async (change: PolicyChangeRequest['change']): Promise<boolean> => {
    if (reason.trim() === '') {
      setProblem('Say why: it is kept with the change.')
      return false
    }
    setSending(true)
    const answer = await putPolicyChange(fetch, version, { change, reason: reason.trim() })
    // Also when it was refused: somebody else may have changed the rules meanwhile.
    await workspace.refreshPolicy()
    setSending(false)
    setProblem(changeProblem(answer))
    return answer.kind === 'ok'
  }
  return {
    reason,
    setReason: (next) => {
      setReason(next)
      setProblem(undefined)
    },
    isSending,
    problem,
    send,
  }
}
