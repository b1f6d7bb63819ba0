// The queue by keyboard: j and k move, 1 acts, 2 known, 3 not a risk, h snooze, e evidence, z undo. What is decided
// exchanges one row, so nothing jumps. Single keys can be switched off with the others.
let undo = null
let place = -1
let next = null

const rows = () => [...document.querySelectorAll('[data-queue-row]')]
const current = () => document.activeElement?.closest?.('[data-queue-row]') ?? null

function move (step) {
  const all = rows()
  const here = all.indexOf(current())
  const next = all[Math.min(Math.max(here + step, 0), all.length - 1)]?.querySelector('summary')
  next?.focus()
  next?.scrollIntoView({ block: 'nearest' })
}

function send (url, item) {
  place = rows().findIndex((row) => item.contains(row))
  window.htmx.ajax('POST', url, { source: item, target: item, swap: 'outerHTML' })
}

// A dialog for all rows: its form is told which row it is about.
function ask (name, row) {
  const dialog = document.getElementById(`ask-${name}`)
  if (!dialog) return
  const form = dialog.querySelector('form')
  place = rows().indexOf(row)
  form.setAttribute('hx-post', row.dataset[name])
  form.setAttribute('hx-target', `#${row.closest('li').id}`)
  dialog.showModal()
  form.querySelector('input:checked, input[type="radio"]')?.focus()
}

function takeBack (row) {
  if (row?.dataset.undo) send(row.dataset.undo, row.closest('li'))
  else if (undo && document.querySelector(undo.target)) send(undo.post, document.querySelector(undo.target))
}

const ACTS = {
  j: () => move(1),
  k: () => move(-1),
  1: (row) => row && window.location.assign(row.dataset.deal),
  2: (row) => row && !row.dataset.undo && window.htmx && send(row.dataset.known, row.closest('li')),
  3: (row) => row && !row.dataset.undo && ask('dismiss', row),
  h: (row) => row && !row.dataset.undo && ask('snooze', row),
  e: (row) => { if (row) row.open = !row.open },
  z: (row) => takeBack(row)
}

function isQuiet (event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true
  try {
    if (window.localStorage.getItem('auctor-keys') === 'off') return true
  } catch {
    // Without storage the keys stay on.
  }
  return event.target.closest?.('input, textarea, select, dialog') != null || document.querySelector('dialog[open]') != null
}

document.addEventListener('keydown', (event) => {
  const act = ACTS[event.key]
  if (!act || !document.querySelector('[data-queue]') || isQuiet(event)) return
  event.preventDefault()
  act(current())
})

document.addEventListener('click', (event) => {
  const press = event.target.closest('[data-queue-press]')
  if (press) ACTS[press.dataset.queuePress](press.closest('[data-queue-row]'))
})

// A row that was exchanged keeps its place. The focus goes to the next one, or stays where a decision was taken back.
document.addEventListener('htmx:after:swap', () => {
  const all = rows()
  if (place < 0 || !all[place]) return
  const step = all[place].dataset.undo && place + 1 < all.length ? 1 : 0
  next = all[place + step].querySelector('summary')
  next.focus()
  place = -1
})

document.addEventListener('auctor:toast', (event) => {
  if (event.detail.tone === 'high') return
  // A dialog gives the focus back to where it was, which is gone.
  const dialog = document.querySelector('dialog[open]')
  dialog?.addEventListener('close', () => setTimeout(() => next?.focus()), { once: true })
  dialog?.close()
  undo = event.detail.post ? { post: event.detail.post, target: event.detail.target } : null
})
