// Draws each chart into the box before its specification, when it comes near the screen; all before printing.
// Ink is currentColor, so a change between light and dark needs no redrawing.

const CHARTS = [...document.querySelectorAll("script.spec")].map((script) => ({
  name: script.dataset.name,
  box: script.previousElementSibling,
  place: script.parentElement,
  told: script.previousElementSibling.getAttribute("aria-label"),
  text: script.textContent,
  reshape: (spec) => spec, // what a reader's choices make of the specification
  near: false,
  stale: true, // what is drawn, if anything, is not what should be
  view: null,
  drawing: Promise.resolve(),
}));

function specOf(chart) {
  chart.spec ??= JSON.parse(chart.text);
  return chart.reshape(chart.spec);
}

function embed(box, spec) {
  return vegaEmbed(box, spec, { mode: "vega-lite", renderer: "svg", actions: false, defaultStyle: false });
}

function draw(chart) {
  chart.stale = false;
  chart.drawing = chart.drawing.then(async () => {
    const { view } = await embed(chart.box, specOf(chart));
    chart.view?.finalize();
    chart.view = view;
    tell(chart);
  });
  return chart.drawing;
}

// Vega describes single marks, and itself instead of the chart; the box says what the chart shows.
function tell({ box, told }) {
  box.setAttribute("role", "img");
  box.setAttribute("aria-label", told);
  box.removeAttribute("aria-roledescription");
  box.querySelector("svg.marks").setAttribute("aria-hidden", "true");
}

// Those that nobody can see are drawn when somebody can.
function refresh(chart) {
  chart.stale = true;
  if (chart.near) draw(chart);
}

const watcher = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      const chart = CHARTS.find(({ box }) => box === target);
      chart.near = isIntersecting;
      if (isIntersecting && chart.stale) draw(chart);
    }
  },
  { rootMargin: "75% 0px" },
);
for (const { box } of CHARTS) watcher.observe(box);

// On paper nothing can be unfolded, and nothing comes near. What is for looking up is printed where it is open.
addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details:not([open], .save, .reference)")) {
    details.dataset.folded = "";
    details.open = true;
  }
  CHARTS.filter(({ stale, box }) => stale && box.clientWidth).forEach(draw);
});
addEventListener("afterprint", () => {
  for (const details of document.querySelectorAll("details[data-folded]")) {
    details.open = false;
    delete details.dataset.folded;
  }
});
