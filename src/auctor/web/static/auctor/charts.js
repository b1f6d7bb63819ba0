// Charts: elements with data-chart hold an ECharts option. Colours are token names ("token:accent"), so that a change
// of appearance redraws them. The library is fetched only when a page has a chart.
const REDUCED = window.matchMedia('(prefers-reduced-motion: reduce)')
const DARK = window.matchMedia('(prefers-color-scheme: dark)')
const drawn = new Map()
let library = null

function load () {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement('script')
    script.src = document.querySelector('meta[name="auctor-charts"]').content
    script.onload = () => resolve(window.echarts)
    script.onerror = reject
    document.head.append(script)
  })
  return library
}

function colour (value) {
  if (typeof value === 'string' && value.startsWith('token:')) {
    return getComputedStyle(document.documentElement).getPropertyValue(`--${value.slice(6)}`).trim()
  }
  if (Array.isArray(value)) return value.map(colour)
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, colour(inner)]))
  return value
}

function axis (given) {
  const line = { lineStyle: { color: 'token:line-strong' } }
  const usual = { axisLine: line, axisTick: line, axisLabel: { color: 'token:ink-3' }, nameTextStyle: { color: 'token:ink-3' }, splitLine: { lineStyle: { color: 'token:line' } } }
  if (Array.isArray(given)) return given.map(axis)
  return given && { ...usual, ...given }
}

// The richText tooltip draws on the canvas; the usual one writes style attributes, which the page's policy refuses.
function complete (option) {
  const series = [1, 2, 3, 4, 5, 6].map((number) => `token:series-${number}`)
  return colour({
    color: series,
    animation: !REDUCED.matches,
    animationDuration: 250,
    grid: { left: 8, right: 16, top: 24, bottom: 8, containLabel: true },
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    ...option,
    legend: option.legend && { textStyle: { color: 'token:ink-2' }, ...option.legend },
    xAxis: axis(option.xAxis),
    yAxis: axis(option.yAxis),
    tooltip: {
      backgroundColor: 'token:raised',
      borderColor: 'token:line-strong',
      textStyle: { color: 'token:ink', fontSize: 12 },
      confine: true,
      ...option.tooltip,
      renderMode: 'richText'
    }
  })
}

function draw (element) {
  const chart = drawn.get(element) ?? window.echarts.init(element, null, { renderer: 'canvas' })
  drawn.set(element, chart)
  chart.setOption(complete(JSON.parse(element.dataset.chart)), true)
  element.dataset.drawn = ''
}

function forget () {
  for (const [element, chart] of drawn) {
    if (element.isConnected) continue
    chart.dispose()
    drawn.delete(element)
  }
}

async function drawAll () {
  const elements = document.querySelectorAll('[data-chart]')
  forget()
  if (!elements.length) return
  await load()
  elements.forEach(draw)
}

document.addEventListener('auctor:appearance', drawAll)
document.addEventListener('htmx:after:swap', drawAll)
DARK.addEventListener('change', drawAll)
window.addEventListener('resize', () => drawn.forEach((chart) => chart.resize()))
drawAll()
