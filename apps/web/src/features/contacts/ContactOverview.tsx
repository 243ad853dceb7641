import { type Consent, type ContactView, kindSpec, type Licence } from '@fulqrun/schema'
import { useMe, useWorkspace } from '../../data/workspace.tsx'
import { CollectionSection } from '../../fields/CollectionSection.tsx'
import { isoDay } from '../../fields/format.ts'
import { LabelledField } from '../../fields/InlineField.tsx'
import { Section } from '../../ui/Section.tsx'
import { useNow } from '../history/use-now.ts'
import { consentStanding, licenceStanding } from './standing.ts'

const { groups, fields } = kindSpec('contact')

/** All fields in their groups, edited in place, beside licences, consents and affiliations. */
export function ContactOverview({ view }: { readonly view: ContactView }) {
  const me = useMe()
  const workspace = useWorkspace()
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
        <CollectionSection
          collection="consents"
          entries={view.consents}
          keys={['channel', 'optType', 'scope', 'expiresOn']}
          addKeys={['channel', 'optType', 'scope', 'expiresOn', 'evidence']}
          defaults={() => ({
            channel: 'email',
            optType: 'opt_out',
            capturedAt: workspace.now(),
            capturedBy: me.user.id,
          })}
          standing={(entry) => consentStanding(entry as Consent, today)}
          emptyText="Nothing has been said. Ask before you send anything."
        />
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
