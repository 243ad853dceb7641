import { type ContactView, kindSpec, type Licence } from '@fulqrun/schema'
import { CollectionSection } from '../../fields/CollectionSection.tsx'
import { isoDay } from '../../fields/format.ts'
import { LabelledField } from '../../fields/InlineField.tsx'
import { Section } from '../../ui/Section.tsx'
import { useNow } from '../history/use-now.ts'
import { ConsentOverview } from './ConsentOverview.tsx'
import { licenceStanding } from './standing.ts'

const { groups, fields } = kindSpec('contact')

export interface ContactOverviewProps {
  readonly view: ContactView
  /** Goes to the lines of consent. */
  readonly onOpenConsent: () => void
}

/** All fields in their groups, edited in place, beside what was agreed, licences and affiliations. */
export function ContactOverview({ view, onOpenConsent }: ContactOverviewProps) {
  const today = isoDay(useNow())
  const values: Readonly<Record<string, unknown>> = view.fields
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <div className="flex min-w-0 flex-col gap-4">
        {groups.map((group) => (
          <Section key={group.id} title={group.label}>
            <div className="flex flex-col gap-0.5">
              {fields
                .filter((field) => field.group === group.id)
                .map((field) => (
                  <LabelledField key={field.path} path={field.path} value={values[field.key]} />
                ))}
            </div>
          </Section>
        ))}
      </div>
      <div className="flex min-w-0 flex-col gap-4">
        <ConsentOverview view={view} onOpen={onOpenConsent} />
        <CollectionSection
          collection="licences"
          entries={view.licences}
          keys={['number', 'state', 'status', 'expiresOn']}
          addKeys={['number', 'state', 'status', 'expiresOn', 'deaNumber']}
          standing={(entry) => licenceStanding(entry as Licence, today)}
          emptyText="No licence recorded. Samples need one."
        />
        <CollectionSection
          collection="affiliations"
          entries={view.affiliations}
          keys={['organization', 'role', 'isPrimary']}
          addKeys={['organization', 'role']}
          emptyText="No workplace recorded."
        />
      </div>
    </div>
  )
}
