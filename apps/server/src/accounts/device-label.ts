/** In the order in which they must be asked: Edge and Opera also say Chrome, and Chrome also says Safari. */
const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:A|iOS)?\/(\d*)/, 'Edge'],
  [/\bOPR\/(\d*)/, 'Opera'],
  [/\bSamsungBrowser\/(\d*)/, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\/(\d*)/, 'Firefox'],
  [/\b(?:Chrome|CriOS|HeadlessChrome)\/(\d*)/, 'Chrome'],
  // What stands behind Safari's own name is the version of its engine.
  [/\bVersion\/(\d*).*\bSafari\//, 'Safari'],
  [/\bSafari\//, 'Safari'],
]
/** Versions where they are said as they are: desktops, and Chrome on Android, have said the same one for years. */
const systems: readonly (readonly [RegExp, string])[] = [
  [/\b(?:iPhone|iPod)\b(?:.*? OS (\d+))?/, 'iPhone'],
  [/\biPad\b(?:.*? OS (\d+))?/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'Mac'],
  [/\bLinux\b/, 'Linux'],
]

/** A device in words, from what its browser says of itself: "Chrome 131 on Android". Nothing else of that text is kept. */
export function deviceLabel(userAgent: string): string {
  const browser = nameIn(userAgent, browsers)
  const system = nameIn(userAgent, systems)
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
