// Menus are <details>; this adds what people expect: one at a time, Escape, arrow keys. And the drawer of small screens.
const drawer = document.getElementById('navigation')
const narrow = window.matchMedia('(max-width: 900px)')
let opener = null

function closeMenus (except) {
  for (const menu of document.querySelectorAll('details.menu[open]')) {
    if (menu !== except) menu.open = false
  }
}

function openDrawer (button) {
  opener = button
  drawer.dataset.open = ''
  button.setAttribute('aria-expanded', 'true')
  drawer.querySelector('a, button')?.focus()
}

function closeDrawer () {
  if (!drawer || !('open' in drawer.dataset)) return
  delete drawer.dataset.open
  opener?.setAttribute('aria-expanded', 'false')
  opener?.focus()
}

function stepThrough (event) {
  const menu = event.target.closest?.('details.menu[open]')
  if (!menu || !['ArrowDown', 'ArrowUp'].includes(event.key)) return
  const items = [...menu.querySelectorAll('.menu-list a, .menu-list button')].filter((item) => item.checkVisibility())
  if (!items.length) return
  event.preventDefault()
  const step = event.key === 'ArrowDown' ? 1 : -1
  const here = items.indexOf(document.activeElement)
  items[here < 0 ? (step > 0 ? 0 : items.length - 1) : (here + step + items.length) % items.length].focus()
}

function keepInside (event) {
  if (event.key !== 'Tab' || !drawer || !('open' in drawer.dataset)) return
  const stops = [...drawer.querySelectorAll('a[href], button, summary')].filter((stop) => stop.checkVisibility())
  const edge = event.shiftKey ? stops[0] : stops.at(-1)
  if (document.activeElement !== edge) return
  event.preventDefault()
  const next = event.shiftKey ? stops.at(-1) : stops[0]
  next.focus()
}

document.addEventListener('click', (event) => {
  closeMenus(event.target.closest('details.menu'))
  const button = event.target.closest('[data-nav-open]')
  if (button && drawer) {
    event.preventDefault()
    openDrawer(button)
  } else if (event.target.closest('[data-nav-close]') && drawer) {
    event.preventDefault()
    closeDrawer()
  }
})

document.addEventListener('keydown', (event) => {
  stepThrough(event)
  keepInside(event)
  if (event.key !== 'Escape') return
  const menu = document.querySelector('details.menu[open]')
  if (menu) {
    menu.open = false
    menu.querySelector('summary').focus()
  } else closeDrawer()
})

document.addEventListener('focusout', (event) => {
  const menu = event.target.closest?.('details.menu[open]')
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false
})

narrow.addEventListener('change', () => closeDrawer())
