import { useState } from 'react'
import { Button } from '../../ui/Button.tsx'
import { RejectDialog } from './RejectDialog.tsx'

interface AnswerButtonsProps {
  readonly onAnswer: (decision: 'approved' | 'rejected', comment?: string) => void
}

/** Approves a proposal at once; rejects it with a word to its author. */
export function AnswerButtons({ onAnswer }: AnswerButtonsProps) {
  const [isRejecting, setRejecting] = useState(false)
  return (
    <>
      <Button
        size="sm"
        variant="primary"
        onPress={() => {
          onAnswer('approved')
        }}
      >
        Approve
      </Button>
      <Button
        size="sm"
        onPress={() => {
          setRejecting(true)
        }}
      >
        Reject
      </Button>
      {isRejecting && (
        <RejectDialog
          onReject={(comment) => {
            onAnswer('rejected', comment)
          }}
          onClose={() => {
            setRejecting(false)
          }}
        />
      )}
    </>
  )
}
