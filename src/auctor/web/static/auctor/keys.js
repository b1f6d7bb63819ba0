// Single keys press what carries data-key; sequences such as "g i" follow links with data-keys. Both can be switched off.
const STORED = 'auctor-keys'
const WAIT = 1200
let pending = ''
let timer = 0

function isOn () {
  try {
    return window.localStorage.getItem(STORED) !== 'off'
  } catch {
    return true
  }
}

function isTyping (target) {
  return target.closest?.('input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable]') !== null
}

function findVisible (selector) {
  return [...document.querySelectorAll(selector)].find((element) => element.checkVisibility({ visibilityProperty: true }))
}

function forget () {
  pending = ''
  clearTimeout(timer)
}

function remember (key) {
  pending = key
  clearTimeout(timer)
  timer = setTimeout(forget, WAIT)
}

function press (event) {
  if (pending) {
    const link = document.querySelector(`a[data-keys="${CSS.escape(`${pending} ${event.key}`)}"]`)
    forget()
    if (link) {
      event.preventDefault()
      link.click()
      return
    }
  }
  if (event.key === '?') {
    event.preventDefault()
    listKeys()
    document.getElementById('shortcuts')?.showModal()
    return
  }
  const target = findVisible(`[data-key="${CSS.escape(event.key)}"]`)
  if (target) {
    event.preventDefault()
    target.click()
  } else if (document.querySelector(`a[data-keys^="${CSS.escape(event.key)} "]`)) remember(event.key)
}

// Keys of this very page join the list when it is opened, so that it never lies.
function listKeys () {
  const list = document.querySelector('[data-shortcuts]')
  for (const old of list.querySelectorAll('[data-of-page]')) old.remove()
  for (const element of document.querySelectorAll('main [data-key]')) {
    const row = document.createElement('div')
    row.dataset.ofPage = ''
    const term = document.createElement('dt')
    term.textContent = element.dataset.keyLabel ?? element.firstChild?.textContent.trim() ?? element.textContent.trim()
    const detail = document.createElement('dd')
    const key = document.createElement('kbd')
    key.textContent = element.dataset.key
    detail.append(key)
    row.append(term, detail)
    list.append(row)
  }
}

document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
  if (!isOn() || isTyping(event.target) || document.querySelector('dialog[open]')) return
  press(event)
})

const control = document.querySelector('[data-keys-on]')
if (control) {
  control.checked = isOn()
  control.addEventListener('change', () => {
    try {
      window.localStorage.setItem(STORED, control.checked ? 'on' : 'off')
    } catch {
      // Without storage the keys stay as they are.
    }
  })
}
