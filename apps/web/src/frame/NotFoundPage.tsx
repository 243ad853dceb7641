import { Link } from '@tanstack/react-router'
import { buttonClass } from '../ui/Button.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { SearchIcon } from '../ui/icons.ts'
import { Page } from '../ui/Page.tsx'

export function NotFoundPage() {
  return (
    <Page title="Not found">
      <EmptyState
        icon={<SearchIcon aria-hidden />}
        title="There is nothing at this address"
        action={
          <Link to="/pipeline" className={buttonClass({ variant: 'primary' })}>
            Go to the pipeline
          </Link>
        }
      >
        The link may be mistyped, or the record is not in your territories.
      </EmptyState>
    </Page>
  )
}
