// Copy buttons: data-copy holds the text, data-copy-from copies the block the button stands in. And secrets shown once:
// leaving asks first until the text was copied or the box is ticked.
const SHOWN = 1600
let unsaved = document.querySelector('[data-secret]') !== null

async function copy (button, text) {
  try {
    await navigator.clipboard.writeText(text)
    say(button, 'Copied')
    if (button.closest('[data-secret]')) save()
  } catch {
    say(button, 'Select and copy by hand')
  }
}

function say (button, words) {
  let note = button.parentElement.querySelector('[data-copied]')
  if (!note) {
    note = document.createElement('span')
    note.dataset.copied = ''
    note.setAttribute('role', 'status')
    note.className = 'badge badge-good'
    button.before(note)
  }
  note.textContent = words
  clearTimeout(Number(note.dataset.timer))
  note.dataset.timer = String(setTimeout(() => note.remove(), SHOWN))
}

function save () {
  unsaved = false
  const box = document.querySelector('[data-secret-saved]')
  if (box) box.checked = true
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-copy], [data-copy-from]')
  if (!button) return
  const text = button.dataset.copy ?? button.parentElement.querySelector('pre, code').textContent
  copy(button, text)
})

document.addEventListener('change', (event) => {
  if (event.target.matches('[data-secret-saved]')) unsaved = !event.target.checked
})

window.addEventListener('beforeunload', (event) => {
  if (unsaved && document.querySelector('[data-secret]')) event.preventDefault()
})
