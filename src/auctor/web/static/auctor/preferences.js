// Appearance and density: buttons with data-theme-set and data-density-set. "system" and "roomy" are the absence of a choice.
const root = document.documentElement
const usual = { theme: 'system', density: 'roomy' }

function choose (name, value) {
  if (value === usual[name]) delete root.dataset[name]
  else root.dataset[name] = value
  try {
    window.localStorage.setItem(`auctor-${name}`, value)
  } catch {
    // Without storage the choice lasts for this page.
  }
  show(name)
  document.dispatchEvent(new CustomEvent('auctor:appearance'))
}

function show (name) {
  const now = root.dataset[name] ?? usual[name]
  for (const button of document.querySelectorAll(`[data-${name}-set]`)) {
    button.setAttribute('aria-pressed', String(button.dataset[`${name}Set`] === now))
  }
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-theme-set], [data-density-set]')
  if (!button) return
  if (button.dataset.themeSet) choose('theme', button.dataset.themeSet)
  else choose('density', button.dataset.densitySet)
})

show('theme')
show('density')
