// The command palette: Ctrl K or /, type, arrow keys, Enter.
const palette = document.getElementById('palette')
const input = document.getElementById('palette-input')
const list = document.getElementById('palette-list')
const none = palette?.querySelector('.palette-none')

const shown = () => [...list.children].filter((option) => !option.hidden)
const fold = (text) => text.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '')

function select (option) {
  for (const other of list.children) other.setAttribute('aria-selected', String(other === option))
  if (option) {
    input.setAttribute('aria-activedescendant', option.id)
    option.scrollIntoView({ block: 'nearest' })
  } else input.removeAttribute('aria-activedescendant')
}

function filter () {
  const words = fold(input.value).split(/\s+/).filter(Boolean)
  for (const option of list.children) {
    const text = fold(`${option.dataset.words} ${option.textContent}`)
    option.hidden = !words.every((word) => text.includes(word))
  }
  none.hidden = shown().length > 0
  select(shown()[0])
}

function run (option) {
  palette.close()
  if (option.dataset.href) window.location.assign(option.dataset.href)
  else document.querySelector(option.dataset.press)?.click()
}

function move (step) {
  const options = shown()
  const here = options.findIndex((option) => option.getAttribute('aria-selected') === 'true')
  select(options[(here + step + options.length) % options.length])
}

function onKey (event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (step && shown().length) {
    event.preventDefault()
    move(step)
  } else if (event.key === 'Enter') {
    event.preventDefault()
    const chosen = list.querySelector('[aria-selected="true"]:not([hidden])')
    if (chosen) run(chosen)
  }
}

if (palette) {
  document.addEventListener('keydown', (event) => {
    if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return
    event.preventDefault()
    if (palette.open) palette.close()
    else palette.showModal()
  })
  palette.addEventListener('toggle', () => {
    if (!palette.open) return
    input.value = ''
    filter()
    input.focus()
  })
  input.addEventListener('input', filter)
  input.addEventListener('keydown', onKey)
  list.addEventListener('click', (event) => {
    const option = event.target.closest('[role="option"]')
    if (option) run(option)
  })
  list.addEventListener('mousemove', (event) => {
    const option = event.target.closest('[role="option"]')
    if (option && option.getAttribute('aria-selected') !== 'true') select(option)
  })
}
