import { Button } from './ui/Button.tsx'

export function App() {
  return <Button>hello</Button>
}
