/** In the order in which they must be asked: Edge and Opera also say Chrome, and Chrome also says Safari. */
const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:A|iOS)?\/(\d{0,4})/, 'Edge'],
  [/\bOPR\/(\d{0,4})/, 'Opera'],
  [/\bSamsungBrowser\/(\d{0,4})/, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\/(\d{0,4})/, 'Firefox'],
  [/\b(?:Chrome|CriOS|HeadlessChrome)\/(\d{0,4})/, 'Chrome'],
  // What stands behind Safari's own name is the version of its engine.
  [/\bVersion\/(\d{0,4}).*\bSafari\//, 'Safari'],
  [/\bSafari\//, 'Safari'],
]
/** Versions where they are said as they are: desktops, and Chrome on Android, have said the same one for years. */
const systems: readonly (readonly [RegExp, string])[] = [
  [/\b(?:iPhone|iPod)\b(?:.*? OS (\d{1,4}))?/, 'iPhone'],
  [/\biPad\b(?:.*? OS (\d{1,4}))?/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'Mac'],
  [/\bLinux\b/, 'Linux'],
]

/** Browsers say less; whoever writes a longer text would have the patterns run over it again and again. */
const maxAsked = 512

/** A device in words, from what its browser says of itself: "Chrome 131 on Android". Nothing else of that text is kept. */
export function deviceLabel(userAgent: string): string {
  const told = userAgent.slice(0, maxAsked)
  const browser = nameIn(told, browsers)
  const system = nameIn(told, systems)
  if (browser === undefined) return system === undefined ? 'Unknown device' : `App on ${system}`
  return system === undefined ? browser : `${browser} on ${system}`
}

function nameIn(userAgent: string, known: readonly (readonly [RegExp, string])[]): string | undefined {
  for (const [pattern, name] of known) {
    const found = pattern.exec(userAgent)
    if (found !== null) return [name, found[1] ?? ''].join(' ').trim()
  }
  return undefined
}
