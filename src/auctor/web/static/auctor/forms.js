// Small comforts of forms: show a password, send a form once, go to the first mistake.
document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-show]')
  if (!button) return
  const input = document.getElementById(button.dataset.show)
  const isHidden = input.type === 'password'
  input.type = isHidden ? 'text' : 'password'
  button.setAttribute('aria-pressed', String(isHidden))
})

document.addEventListener('submit', (event) => {
  if (event.defaultPrevented || event.target.method !== 'post') return
  if (event.target.dataset.sent) {
    event.preventDefault()
    return
  }
  // A download leaves the page as it is: after a while the form may be sent again.
  event.target.dataset.sent = ''
  setTimeout(() => delete event.target.dataset.sent, 3000)
})

// A page that comes back from the browser's memory may be sent again.
window.addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent
})

document.querySelector('[aria-invalid="true"]')?.focus()
