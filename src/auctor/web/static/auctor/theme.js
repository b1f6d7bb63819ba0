// Sets appearance and density before the first paint, so that nothing flashes. A classic script in the head:
// the choice stays in this browser, because the product sets two cookies only.
(function () {
  'use strict'
  const root = document.documentElement
  for (const [name, values] of [['theme', ['light', 'dark']], ['density', ['compact']]]) {
    let chosen = null
    try {
      chosen = window.localStorage.getItem(`auctor-${name}`)
    } catch {
      // Storage can be switched off; then the system decides.
    }
    if (values.includes(chosen)) root.dataset[name] = chosen
  }
})()
