// Runs before the first paint. Kept out of the bundle because the content security policy forbids inline scripts.
;(function () {
  var dark = matchMedia('(prefers-color-scheme: dark)')
  function apply() {
    var choice = null
    try {
      choice = localStorage.getItem('fulqrun.theme')
    } catch {
      // Storage is blocked: follow the system.
    }
    var theme = choice === 'light' || choice === 'dark' ? choice : dark.matches ? 'dark' : 'light'
    document.documentElement.dataset.theme = theme
    var meta = document.querySelector('meta[name=theme-color]')
    if (meta) meta.setAttribute('content', theme === 'dark' ? '#101216' : '#fafbfc')
  }
  apply()
  dark.addEventListener('change', apply)
  addEventListener('storage', apply)
  addEventListener('fulqrun:theme', apply)
})()
