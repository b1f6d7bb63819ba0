// Dialogs: data-dialog-open=ID, data-dialog-close. Confirmations: data-confirm on a form, hx-confirm on anything of htmx.
const confirmation = document.getElementById('confirm')
let resolve = null

function ask (text, { label = 'Yes', tone = '' } = {}) {
  confirmation.querySelector('[data-confirm-text]').textContent = text
  const yes = confirmation.querySelector('[data-confirm-yes]')
  yes.textContent = label
  yes.classList.toggle('btn-danger', tone === 'danger')
  confirmation.returnValue = ''
  confirmation.showModal()
  return new Promise((settle) => { resolve = settle })
}

confirmation?.addEventListener('close', () => {
  resolve?.(confirmation.returnValue === 'yes')
  resolve = null
})

document.addEventListener('click', (event) => {
  const opens = event.target.closest('[data-dialog-open]')
  if (opens) document.getElementById(opens.dataset.dialogOpen)?.showModal()
  const dialog = event.target.closest('dialog')
  if (!dialog) return
  if (event.target.closest('[data-confirm-yes]')) dialog.close('yes')
  else if (event.target.closest('[data-dialog-close]') || event.target === dialog) dialog.close()
})

document.addEventListener('submit', async (event) => {
  const form = event.target
  const says = event.submitter?.dataset.confirm ?? form.dataset.confirm
  if (!says || !confirmation || form.dataset.confirmed) {
    delete form.dataset.confirmed
    return
  }
  event.preventDefault()
  event.stopImmediatePropagation()
  const words = { ...form.dataset, ...event.submitter?.dataset }
  if (!await ask(says, { label: words.confirmLabel, tone: words.confirmTone })) return
  form.dataset.confirmed = ''
  form.requestSubmit(event.submitter)
}, true)

document.addEventListener('htmx:confirm', async (event) => {
  const { ctx, issueRequest, dropRequest } = event.detail
  if (!ctx?.confirm || !confirmation) return
  event.preventDefault()
  const words = ctx.sourceElement.dataset
  if (await ask(ctx.confirm, { label: words.confirmLabel, tone: words.confirmTone })) issueRequest()
  else dropRequest()
})
