import { getRouteApi } from '@tanstack/react-router'
import { useMe } from '../../data/workspace.tsx'
import { Badge } from '../../ui/Badge.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { LockIcon } from '../../ui/icons.ts'
import { Page } from '../../ui/Page.tsx'
import { Tabs } from '../../ui/Tabs.tsx'
import { ApprovalLimits } from './ApprovalLimits.tsx'
import { RuleBench } from './RuleBench.tsx'
import { RuleChanges } from './RuleChanges.tsx'
import { type RulesSearch, rulesViews } from './rules-search.ts'
import { RulesOfKind } from './RulesOfKind.tsx'
import { usePolicy } from './use-policy.ts'

const route = getRouteApi('/admin/rules')

/** The rules of the organization: to read, to change within what is safe, to try, and who changed them. Admins only. */
export function RulesPage() {
  const { role, organization } = useMe()
  if (role === 'admin') return <Rules />
  return (
    <Page title="Rules">
      <EmptyState icon={<LockIcon aria-hidden />} title="Only administrators see this page">
        The rules of {organization.name} are set by its administrators. What a rule did to a change of yours
        is explained at the field itself.
      </EmptyState>
    </Page>
  )
}

function Rules() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const table = usePolicy()
  const kind = search.kind ?? 'opportunity'
  const show = (next: RulesSearch) => {
    void navigate({ search: { ...search, ...next }, replace: true }) // Overtaken navigations are no failure.
  }
  return (
    <Page title="Rules" meta={<Badge>Version {table.version}</Badge>}>
      <Tabs
        label="Rules"
        selected={search.view ?? 'table'}
        onSelect={(id) => {
          const view = rulesViews.find((known) => known === id)
          show({ view: view === 'table' ? undefined : view })
        }}
        tabs={[
          {
            id: 'table',
            label: 'By field',
            content: (
              <RulesOfKind
                kind={kind}
                table={table}
                onKind={(next) => {
                  show({ kind: next, path: undefined })
                }}
                onTry={(path) => {
                  show({ view: 'try', kind, path })
                }}
              />
            ),
          },
          { id: 'approvals', label: 'Approvals', content: <ApprovalLimits table={table} /> },
          {
            id: 'try',
            label: 'What would happen if',
            content: (
              <RuleBench
                table={table}
                kind={kind}
                path={search.path}
                onField={(next) => {
                  show(next)
                }}
              />
            ),
          },
          { id: 'changes', label: 'Changes', content: <RuleChanges key={table.version} /> },
        ]}
      />
    </Page>
  )
}
