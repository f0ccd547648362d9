// What a reader may change of the learning curves: which arms, by epoch or by step, how much smoothing.
// Rows of data carry for it the numbers of their arms and the steps of an epoch.

function controlCurves(section) {
  const state = { off: new Set(), axis: "epochs", window: null };
  const charts = CHARTS.filter(({ box }) => section.contains(box));
  for (const chart of charts) chart.reshape = (spec) => reshape(spec, state);

  switchArms(section, charts, state);
  chooseAxis(section, charts, state);
  slideWindow(section, charts, state);
  for (const control of section.querySelectorAll(".controls, .slider")) control.hidden = false;
}

function switchArms(section, charts, state) {
  const switches = [...section.querySelectorAll("button[data-arm]")];
  const set = (button, on) => {
    const arm = Number(button.dataset.arm);
    if (on === !state.off.has(arm)) return;
    if (on) state.off.delete(arm);
    else state.off.add(arm);
    button.setAttribute("aria-pressed", on);
    for (const panel of section.querySelectorAll(`.panel[data-arm="${arm}"]`)) panel.hidden = !on;
    for (const chart of charts) if (shows(chart, arm)) chart.touched = true;
  };
  const show = () => {
    for (const chart of charts.filter(({ touched }) => touched)) {
      chart.touched = false;
      refresh(chart);
    }
  };
  for (const button of switches) {
    button.addEventListener("click", () => {
      set(button, button.getAttribute("aria-pressed") !== "true");
      show();
    });
  }
  for (const every of section.querySelectorAll("button[data-every]")) {
    every.addEventListener("click", () => {
      for (const button of switches) set(button, every.dataset.every === "on");
      show();
    });
  }
}

function chooseAxis(section, charts, state) {
  const choices = [...section.querySelectorAll("button[data-axis]")];
  for (const button of choices) {
    button.addEventListener("click", () => {
      state.axis = button.dataset.axis;
      for (const other of choices) other.setAttribute("aria-pressed", other === button);
      charts.forEach(refresh);
    });
  }
}

// Both quantities' sliders are one.
function slideWindow(section, charts, state) {
  const sliders = [...section.querySelectorAll(".slider input")];
  let waiting = false;
  const show = () => {
    waiting = false;
    for (const chart of charts) smoothAnew(chart, state);
  };
  for (const slider of sliders) {
    slider.addEventListener("input", () => {
      state.window = Number(slider.value);
      const { block, unit } = slider.dataset;
      const steps = state.window * Number(block);
      const said = state.window > 1 ? `${steps.toLocaleString("en")} ${unit}` : "none";
      for (const other of sliders) {
        other.value = slider.value;
        other.setAttribute("aria-valuetext", said);
        other.nextElementSibling.value = said;
      }
      for (const span of section.querySelectorAll(".window")) span.textContent = said;
      if (!waiting) requestAnimationFrame(show);
      waiting = true;
    });
  }
}

// Only the data change: ten times faster than drawing the chart again.
function smoothAnew(chart, state) {
  if (!chart.box.closest(".panel")) return;
  if (!chart.near || chart.stale || !chart.view) {
    refresh(chart);
    return;
  }
  const { smooth, train } = specOf(chart).datasets;
  chart.view.data("smooth", smooth).data("train", train).runAsync();
}

function shows(chart, arm) {
  chart.spec ??= JSON.parse(chart.text);
  return Object.values(chart.spec.datasets ?? {}).some((rows) => rows.some((row) => armsOf(row).includes(arm)));
}

function armsOf(row) {
  return row._arms ?? [];
}

// The specification as the reader's choices have it; the given one stays as it is.
function reshape(spec, { off, axis, window }) {
  const kept = (row) => !armsOf(row).length || armsOf(row).some((arm) => !off.has(arm));
  let datasets = mapValues(spec.datasets ?? {}, (rows) => rows.filter(kept));
  if (window !== null && spec.usermeta?.window) datasets = smoothRows(datasets, window);
  const steps = spec.usermeta?.steps;
  if (axis !== "steps" || !steps) return { ...spec, datasets };
  return {
    ...spec,
    datasets: mapValues(datasets, (rows) => rows.map(countSteps)),
    layer: spec.layer.map((layer) => ({
      ...layer,
      encoding: { ...layer.encoding, x: axisOfSteps(layer.encoding.x, steps) },
    })),
  };
}

function smoothRows(datasets, window) {
  const { raw, train } = datasets;
  const finished = raw.filter((row) => row.finished).map((row) => row.y);
  return {
    ...datasets,
    smooth: raw.map((row) => withHeights(row, smooth(row.y, window))),
    train: train.map((row) => withHeights(row, smooth(averageLines(finished), window))),
  };
}

// A new row without the mark by which Vega would know it for the old one.
function withHeights(row, y) {
  return { ...Object.fromEntries(Object.entries(row)), y };
}

function countSteps(row) {
  const step = (epochs) => Math.round(epochs * row._steps);
  return { ...row, x: Array.isArray(row.x) ? row.x.map(step) : step(row.x) };
}

function axisOfSteps(x, { domain, values }) {
  return {
    ...x,
    scale: { ...x.scale, ...(domain && { domain }) },
    axis: { ...x.axis, title: "step", format: ",d", ...(values && { values }) },
  };
}

function mapValues(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

document.querySelectorAll(".curves").forEach(controlCurves);
