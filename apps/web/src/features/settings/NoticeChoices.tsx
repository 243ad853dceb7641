import type { NotificationKind, NotificationSettings } from '@fulqrun/protocol'
import { Banner } from '../../ui/Banner.tsx'
import { Button } from '../../ui/Button.tsx'
import { CloudOffIcon } from '../../ui/icons.ts'
import { Skeleton } from '../../ui/Page.tsx'
import { Section } from '../../ui/Section.tsx'
import { Switch } from '../../ui/Switch.tsx'
import { QuietHoursChoice } from './QuietHoursChoice.tsx'
import { useNoticeSettings } from './use-notice-settings.ts'

const kinds: readonly { readonly id: NotificationKind; readonly label: string; readonly detail: string }[] = [
  {
    id: 'conflicts',
    label: 'Values to choose between',
    detail: 'You and a colleague changed the same field apart from each other.',
  },
  {
    id: 'approvals',
    label: 'Proposals',
    detail: 'One waits for your word, or one of yours was decided.',
  },
  { id: 'replaced', label: 'Replaced values', detail: 'A value of yours may have made way for another.' },
  { id: 'kpis', label: 'KPIs', detail: 'A figure of your territory has another value.' },
]

interface ChoicesProps {
  readonly settings: NotificationSettings
  readonly onChange: (settings: NotificationSettings) => void
}

function Choices({ settings, onChange }: ChoicesProps) {
  return (
    <div className="flex max-w-160 flex-col">
      {kinds.map(({ id, label, detail }) => (
        <Switch
          key={id}
          isOn={settings.kinds[id]}
          detail={detail}
          onToggle={(isOn) => {
            onChange({ ...settings, kinds: { ...settings.kinds, [id]: isOn } })
          }}
        >
          {label}
        </Switch>
      ))}
      <hr className="my-2 border-line" />
      <Switch
        isOn={settings.preview}
        detail="Names the record and the colleague, also on a locked screen. Without, it only says that something waits."
        onToggle={(preview) => {
          onChange({ ...settings, preview })
        }}
      >
        Say what it is about
      </Switch>
      <hr className="my-2 border-line" />
      <QuietHoursChoice settings={settings} onChange={onChange} />
    </div>
  )
}

/** What the person is told, on all of their devices. */
export function NoticeChoices() {
  const { state, change, reload } = useNoticeSettings()
  return (
    <Section title="What you are told" meta="on all your devices">
      {state.phase === 'loading' && <Skeleton rows={5} label="Loading what you are told" />}
      {state.phase === 'unreachable' && (
        <Banner
          tone="attention"
          icon={<CloudOffIcon aria-hidden />}
          action={
            <Button size="sm" onPress={reload}>
              Try again
            </Button>
          }
        >
          The server keeps these settings and cannot be reached now. They go on as they are.
        </Banner>
      )}
      {state.phase === 'ready' && (
        <>
          <Choices settings={state.settings} onChange={change} />
          {state.problem !== undefined && (
            <p role="alert" className="mt-2 text-sm text-conflict">
              {state.problem}
            </p>
          )}
        </>
      )}
    </Section>
  )
}
