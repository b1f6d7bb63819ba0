// Short messages at the corner. From the server: Django's messages, or the header HX-Trigger: {"auctor:toast": {text, tone}}.
const region = document.getElementById('toasts')
const LASTS = 6000
const SHAPES = {
  high: 'M6 .5 12 11.5H0z',
  medium: 'M6 0l6 6-6 6-6-6z',
  low: 'M6 1.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9z',
  good: 'M1.5 6.5l3 3 6-7'
}
const SVG = 'http://www.w3.org/2000/svg'

function draw (tone) {
  const shape = document.createElementNS(SVG, 'svg')
  shape.setAttribute('class', `mark mark-${tone}`)
  shape.setAttribute('viewBox', '0 0 12 12')
  shape.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS(SVG, 'path')
  path.setAttribute('d', SHAPES[tone])
  shape.append(path)
  return shape
}

function add ({ text, tone = 'low', href = '', label = '', post = '', target = '' }) {
  const kind = tone in SHAPES ? tone : 'low'
  const toast = document.createElement('div')
  toast.className = `toast toast-${kind}`
  toast.dataset.toast = ''
  const words = document.createElement('p')
  words.textContent = text
  if (href.startsWith('/')) {
    const link = document.createElement('a')
    link.href = href
    link.textContent = label
    words.append(' ', link)
  }
  if (post.startsWith('/') && document.querySelector(target)) toast.append(offer(post, target, label, toast))
  const close = document.createElement('button')
  close.type = 'button'
  close.className = 'btn btn-quiet btn-icon btn-small'
  close.dataset.toastClose = ''
  close.setAttribute('aria-label', 'Close message')
  close.textContent = '×'
  toast.prepend(draw(kind), words)
  toast.append(close)
  region.append(toast)
  expire(toast)
}

// A button that takes back what was just done, in the place where it stands.
function offer (post, target, label, toast) {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'btn btn-small'
  button.textContent = label
  button.addEventListener('click', () => {
    const place = document.querySelector(target)
    if (place) window.htmx.ajax('POST', post, { source: place, target: place, swap: 'outerHTML' })
    toast.remove()
  })
  return button
}

// What went wrong stays until it is closed; so does anything that is being read.
function expire (toast) {
  if (toast.classList.contains('toast-high')) return
  let timer = setTimeout(() => toast.remove(), LASTS)
  const hold = () => clearTimeout(timer)
  const release = () => { timer = setTimeout(() => toast.remove(), LASTS) }
  toast.addEventListener('mouseenter', hold)
  toast.addEventListener('mouseleave', release)
  toast.addEventListener('focusin', hold)
  toast.addEventListener('focusout', release)
}

if (region) {
  for (const toast of region.querySelectorAll('[data-toast]')) expire(toast)
  document.addEventListener('auctor:toast', (event) => add(event.detail))
  document.addEventListener('click', (event) => event.target.closest('[data-toast-close]')?.closest('[data-toast]').remove())
  document.addEventListener('htmx:error', () => add({ text: 'The server could not be reached. Check the connection and try again.', tone: 'high' }))
}
