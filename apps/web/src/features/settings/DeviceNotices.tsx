import { Badge } from '../../ui/Badge.tsx'
import { Banner } from '../../ui/Banner.tsx'
import { Button } from '../../ui/Button.tsx'
import { AlertTriangleIcon, CheckCircle2Icon, InfoIcon } from '../../ui/icons.ts'
import { Section } from '../../ui/Section.tsx'
import { type NoticeDevice, useNoticeStanding } from './use-notice-standing.ts'

/** Where nothing can be switched on, and what would change that. */
function Obstacle({ standing }: { readonly standing: 'denied' | 'needs-installation' | 'unsupported' }) {
  const words = {
    denied:
      'Notifications are blocked for this site in your browser. To change that, open the site settings next to the address, allow notifications, and come back here.',
    'needs-installation':
      'On iPhone and iPad, notifications need the app on the home screen: press Share, then Add to Home Screen, and open FulQrun from there.',
    unsupported:
      'This browser cannot show notifications from FulQrun. What waits for you is always in your inbox.',
  }[standing]
  return (
    <Banner
      tone={standing === 'denied' ? 'attention' : 'neutral'}
      icon={standing === 'denied' ? <AlertTriangleIcon aria-hidden /> : <InfoIcon aria-hidden />}
    >
      {words}
    </Banner>
  )
}

function Controls({ device }: { readonly device: NoticeDevice }) {
  const { standing, isWorking, switchOn, switchOff, test } = device
  if (standing === 'on') {
    return (
      <div className="flex flex-wrap gap-2">
        <Button onPress={test} isDisabled={isWorking}>
          Send a test notification
        </Button>
        <Button variant="quiet" onPress={switchOff} isDisabled={isWorking}>
          Switch off on this device
        </Button>
      </div>
    )
  }
  if (standing === 'off') {
    return (
      <div>
        <Button variant="primary" onPress={switchOn} isDisabled={isWorking}>
          Switch on for this device
        </Button>
        <p className="mt-2 text-sm text-ink-2">Your browser asks whether FulQrun may do that.</p>
      </div>
    )
  }
  return standing === undefined ? null : <Obstacle standing={standing} />
}

/** Whether notifications come to this device. */
export function DeviceNotices() {
  const device = useNoticeStanding()
  return (
    <Section
      title="Notifications on this device"
      actions={
        device.standing === 'on' && (
          <Badge tone="good" icon={<CheckCircle2Icon aria-hidden />}>
            On
          </Badge>
        )
      }
    >
      <p className="mb-3 max-w-[72ch] text-base text-ink-2">
        Hear of what waits for you while FulQrun is closed. Nothing of it is lost without: your inbox has
        everything.
      </p>
      <Controls device={device} />
      <p role="status" className="mt-2 text-sm text-ink-2 empty:hidden">
        {device.news}
      </p>
      {device.problem !== undefined && (
        <p role="alert" className="mt-2 text-sm text-conflict">
          {device.problem}
        </p>
      )}
    </Section>
  )
}
