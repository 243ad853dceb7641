import { formatDocumentName } from '@fulqrun/protocol'
import { getRouteApi } from '@tanstack/react-router'
import { useMe } from '../../data/workspace.tsx'
import { NotFoundPage } from '../../frame/NotFoundPage.tsx'
import { isUuid } from '../../frame/record-id.ts'
import { OpportunityPage } from '../opportunity/OpportunityPage.tsx'

const route = getRouteApi('/opportunities/$id')

/** The record behind `/opportunities/<uuid>`: the organization is the person's own. */
export function OpportunityRoute() {
  const { id } = route.useParams()
  const me = useMe()
  if (!isUuid(id)) return <NotFoundPage />
  const name = formatDocumentName({ organizationId: me.organization.id, kind: 'opportunity', id })
  return <OpportunityPage key={name} name={name} />
}
