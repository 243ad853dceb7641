/** Icons that only files use; they stay out of the first load. */
export { CameraIcon, FileIcon, FileTextIcon, ImageIcon, PaperclipIcon } from 'lucide-react'
