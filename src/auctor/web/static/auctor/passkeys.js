// Security keys and passkeys. A button with data-passkey="create|get" talks to the authenticator with the options that
// stand in data-options, and puts the answer into the form's field named "credential".
const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (letter) => letter.charCodeAt(0))
const toText = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
const withBytes = (list) => (list ?? []).map((entry) => ({ ...entry, id: toBytes(entry.id) }))

function readOptions (options) {
  const key = { ...options.publicKey, challenge: toBytes(options.publicKey.challenge) }
  if (key.user) key.user = { ...key.user, id: toBytes(key.user.id) }
  if (key.allowCredentials) key.allowCredentials = withBytes(key.allowCredentials)
  if (key.excludeCredentials) key.excludeCredentials = withBytes(key.excludeCredentials)
  return { publicKey: key }
}

function writeCredential (credential) {
  const given = credential.response
  const response = { clientDataJSON: toText(given.clientDataJSON) }
  for (const name of ['attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
    if (given[name]) response[name] = toText(given[name])
  }
  if (given.getTransports) response.transports = given.getTransports()
  return JSON.stringify({
    type: credential.type,
    id: credential.id,
    rawId: toText(credential.rawId),
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response
  })
}

function wishPasskey (options, form) {
  const box = form.querySelector('input[name="passwordless"]')
  if (!box) return
  const wish = options.publicKey.authenticatorSelection ??= {}
  wish.residentKey = box.checked ? 'required' : 'discouraged'
  wish.requireResidentKey = box.checked
  if (box.checked) wish.userVerification = 'required'
}

async function use (button) {
  const form = document.getElementById(button.getAttribute('form')) ?? button.form
  const note = document.querySelector('[data-passkey-note]')
  try {
    const options = JSON.parse(button.dataset.options)
    const isNew = button.dataset.passkey === 'create'
    if (isNew) wishPasskey(options, form)
    const read = readOptions(options)
    const credential = isNew ? await navigator.credentials.create(read) : await navigator.credentials.get(read)
    form.elements.credential.value = writeCredential(credential)
    form.submit()
  } catch (error) {
    note.hidden = false
    note.textContent = error.name === 'NotAllowedError'
      ? 'The key did not answer, or it was cancelled. Try again.'
      : 'This key could not be used here. Try another one, or another way to sign in.'
  }
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-passkey]')
  if (!button) return
  event.preventDefault()
  use(button)
})

if (!window.PublicKeyCredential) {
  for (const button of document.querySelectorAll('[data-passkey]')) button.disabled = true
}
