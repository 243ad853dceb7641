import { useNavigate } from '@tanstack/react-router'
import { useMe, useWorkspace } from '../../data/workspace.tsx'
import type { CommandId } from './commands.ts'
import { hubOpen } from './palette-open.ts'

/** Does what a command says. */
export function useCommands(): (id: CommandId) => void {
  const navigate = useNavigate()
  const workspace = useWorkspace()
  const { canWrite } = useMe()
  return (id) => {
    // Overtaken navigations are no failure; catching up never rejects.
    switch (id) {
      case 'new-opportunity':
        if (canWrite) void navigate({ to: '/pipeline', search: { create: true } })
        break
      case 'new-contact':
        if (canWrite) void navigate({ to: '/contacts', search: { create: true } })
        break
      case 'sync-now':
        workspace.syncNow()
        void workspace.catchUpNow()
        break
      case 'keys':
        hubOpen.set('keys')
        break
      case 'rules':
        void navigate({ to: '/admin/rules' })
        break
      case 'pipeline':
      case 'contacts':
      case 'kpis':
      case 'inbox':
      case 'sync':
      case 'offline':
      case 'settings':
      case 'devices':
        void navigate({ to: `/${id}` })
        break
    }
  }
}
