/** Icons that only the notes toolbar uses; they stay in its lazy chunk. */
export {
  BoldIcon,
  Heading2Icon,
  Heading3Icon,
  ItalicIcon,
  LinkIcon,
  ListIcon,
  ListOrderedIcon,
  RedoIcon,
  StrikethroughIcon,
  TextQuoteIcon,
  UndoIcon,
} from 'lucide-react'
