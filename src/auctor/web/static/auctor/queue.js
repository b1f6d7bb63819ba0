// The queue by keyboard: j and k move, e opens the evidence, o opens the deal. Single keys can be switched off with the others.
const rows = () => [...document.querySelectorAll('[data-queue-row] > summary')]

function move (step) {
  const all = rows()
  const here = all.findIndex((row) => row.parentElement.contains(document.activeElement))
  const next = all[Math.min(Math.max(here + step, 0), all.length - 1)]
  next?.focus()
  next?.scrollIntoView({ block: 'nearest' })
}

function current () {
  return document.activeElement?.closest?.('[data-queue-row]') ?? null
}

function isQuiet (event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true
  try {
    if (window.localStorage.getItem('auctor-keys') === 'off') return true
  } catch {
    // Without storage the keys stay on.
  }
  return event.target.closest?.('input, textarea, select, dialog') != null
}

document.addEventListener('keydown', (event) => {
  if (!document.querySelector('[data-queue]') || isQuiet(event)) return
  const row = current()
  if (event.key === 'j') move(1)
  else if (event.key === 'k') move(-1)
  else if (event.key === 'e' && row) row.open = !row.open
  else if (event.key === 'o' && row) row.querySelector('a[href]')?.click()
  else return
  event.preventDefault()
})
