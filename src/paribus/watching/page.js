// Follows the server's events and shows them. All text of the study is set as text, never as markup.
"use strict";

const byId = (id) => document.getElementById(id);
const { token, server, where } = document.body.dataset;
const MOST_SILENT_SECONDS = 16; // the server says every five that it lives
const PACES = {
  running: "Running.",
  stopping: "Stopping: the runs under way are being saved.",
  complete: "Complete.",
  gone: "Its command is gone without a word: it was killed, or crashed.",
  resting: "Not running.",
  absent: "Not run yet.",
  unreadable: "The ledger cannot be read.",
};
const ADVICE = { complete: ["report", "writes the report."], gone: ["run", "goes on where it was."], resting: ["run", "goes on from here."], absent: ["run", "starts it; this page follows by itself."] };

let study = null;
let state = null;
let memory = { runs: {} };
let clockOffset = 0; // the server's clock less this one's, in seconds
let heardFromServer = Date.now();
let rows = [];

function part(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}
// A name, kept apart from the direction of the text around it, that may be broken at its joints.
function nameOf(name, className) {
  const made = part("bdi", className);
  name.split(/(?<=[,=])(?=.)|(?<=[^\d\W]\.)(?=\w)/).forEach((piece, k) => made.append(...(k ? [part("wbr")] : []), piece));
  return made;
}
const percent = (share) => (share === null || share === undefined ? "" : (100 * share).toFixed(1));
const now = () => Date.now() / 1000 + clockOffset;
const commandOf = (verb) => `paribus ${verb} ${where}`;
function show(id, shown) { byId(id).hidden = !shown; }
function setText(node, text) { if (node.textContent !== text) node.textContent = text; }

function age(at) {
  const seconds = Math.max(0, Math.round(now() - at));
  if (seconds < 100) return `${seconds} s ago`;
  return seconds < 6000 ? `${Math.round(seconds / 60)} min ago` : `${(seconds / 3600).toFixed(1)} h ago`;
}

// -- the plan ------------------------------------------------------------------------------------------------

function buildPlan() {
  setText(byId("title"), study.title);
  document.title = study.title;
  setText(byId("study"), study.study);
  setText(byId("revision"), ` · revision ${study.revision}`);
  setText(byId("metric"), study.metric === "accuracy" ? "" : `The study asks for ${study.metric}, which the report has; until then epochs are judged by accuracy.`);
  rows = study.arms.map((arm) => {
    const line = part("tr"), title = part("th"), cells = part("td", "cells"), mean = part("td", "number");
    title.scope = "row";
    const called = part("span", "name"), name = part("span", "called");
    if (arm.colour) {
      const swatch = part("span", arm.dashed ? "swatch dashed" : "swatch");
      swatch.style.setProperty("--arm", arm.colour);
      called.append(swatch);
    }
    name.append(nameOf(arm.name), ...(arm.control ? [part("span", "quiet", " (control)")] : []));
    called.append(name);
    title.append(called);
    const boxes = arm.seeds.map(() => part("span", "cell"));
    for (const box of boxes) box.setAttribute("role", "img");
    cells.append(...boxes);
    line.append(title, cells, mean);
    return { line, boxes, mean };
  });
  byId("arms").replaceChildren(...rows.map((row) => row.line));
}

function labelOf(arm, place) {  // a search has trials where arms have seeds
  return arm.labels?.[place] ?? `seed ${arm.seeds[place]}`;
}

function fillPlan() {
  state.arms.forEach((arm, k) => {
    const { boxes, mean } = rows[k], { epochs } = study.arms[k];
    arm.runs.forEach((run, j) => {
      const told = `${labelOf(study.arms[k], j)}: ${run.state}, epoch ${run.epoch} of ${epochs[j]}${run.score === null ? "" : `, ${percent(run.score)} %`}`;
      if (boxes[j].title === told) return;
      boxes[j].dataset.state = run.state;
      boxes[j].style.setProperty("--done", run.epoch / epochs[j]);
      boxes[j].title = told;
      boxes[j].setAttribute("aria-label", told);
    });
    setText(mean, percent(arm.mean));
    mean.classList.toggle("unsettled", !arm.settled);
    if (study.arms[k].labels) mean.title = "the best so far";
    else mean.title = arm.settled ? "the mean of finished runs" : arm.mean === null ? "" : "of runs under way";
  });
}

// -- runs under way ------------------------------------------------------------------------------------------

function fillRuns() {
  const lines = [];
  state.arms.forEach((arm, k) => arm.runs.forEach((run, j) => {
    if (run.state !== "running") return;
    const line = part("tr"), title = part("th"), bar = part("progress"), cell = part("td"), { name, epochs } = study.arms[k], label = labelOf(study.arms[k], j);
    title.scope = "row";
    title.append(nameOf(name), part("span", "quiet", `, ${label}`));
    bar.max = epochs[j];
    bar.value = run.epoch;
    bar.setAttribute("aria-label", `${name}, ${label}`);
    cell.append(bar);
    const used = part("td", "number memory");
    used.dataset.key = run.key;
    const heard = part("td", "number age");
    heard.dataset.at = run.heard;
    line.append(title, cell, part("td", "number", `${run.epoch} of ${epochs[j]}`), part("td", "number", percent(run.score)), used, heard);
    lines.push(line);
  }));
  byId("runs").replaceChildren(...lines);
  show("under-way", lines.length);
  fillMemory();
}

function fillMemory() {
  for (const cell of document.querySelectorAll(".memory")) {
    const used = memory.runs[cell.dataset.key];
    setText(cell, used === undefined ? "" : `${used.toLocaleString("en")} MiB`);
  }
}

// -- how it stands -------------------------------------------------------------------------------------------

function fillState() {
  const known = Boolean(state.arms && study);
  const [verb, rest] = ADVICE[state.pace] ?? [];
  setText(byId("pace"), PACES[state.pace]);
  byId("headline").replaceChildren(`${state.headline}${known ? "." : ""} `, ...(verb ? [part("code", "", commandOf(verb)), ` ${rest}`] : []));
  if (state.pace === "absent") setText(byId("title"), "Waiting for the study");
  show("stop", state.pace === "running" && state.processes.length);
  show("looked", state.looks > 0);
  show("plan", known);
  if (!known) for (const id of ["under-way", "curves", "troubles", "happened"]) show(id, false);
  if (known) { fillPlan(); fillRuns(); }
  fillAges();
}

function fillAges() {
  for (const cell of document.querySelectorAll(".age")) if (cell.dataset.at) setText(cell, age(Number(cell.dataset.at)));
  const parts = [];
  if (state?.heard) parts.push(`Last sign of life ${age(state.heard)}`);
  const used = Object.values(memory.runs);
  if (used.length) parts.push(`runs use ${used.reduce((sum, one) => sum + one, 0).toLocaleString("en")} MiB`);
  if (memory.all) parts.push(`${memory.free.toLocaleString("en")} of ${memory.all.toLocaleString("en")} MiB are free`);
  setText(byId("signs"), parts.length ? `${parts.join("; ")}.` : "");
}

function nameRun(item) {
  return [nameOf(item.arm, "arm"), `, ${item.label ?? `seed ${item.seed}`}: `];
}

function fillTroubles(items) {
  const open = new Set([...document.querySelectorAll("#trouble-list details[open]")].map((details) => details.dataset.key));
  byId("trouble-list").replaceChildren(...items.map((item) => {
    const line = part("li");
    line.append(...nameRun(item), item.reason ? `${item.state}: ` : item.state, part("bdi", "", item.reason ?? ""));
    if (item.traceback) {
      const details = part("details");
      details.dataset.key = `${item.seed} ${item.arm}`;
      details.open = open.has(details.dataset.key);
      details.append(part("summary", "", "Traceback"), part("pre", "", item.traceback));
      line.append(details);
    }
    return line;
  }));
  show("troubles", items.length);
}

function fillHappened(items) {
  byId("event-list").replaceChildren(...items.map((item) => {
    const line = part("li"), moment = new Date(1000 * item.at);
    const time = part("time", "", moment.toLocaleTimeString("en-GB"));
    time.dateTime = moment.toISOString();
    line.append(time, ...(item.arm === undefined ? [] : nameRun(item)), part("bdi", "", item.said));
    return line;
  }));
  show("happened", items.length);
}

// -- charts --------------------------------------------------------------------------------------------------

// A new chart is drawn behind the old one and then takes its place, so that nothing flickers.
async function draw(box, spec) {
  const layer = part("div", "layer coming");
  box.append(layer);
  const options = { mode: "vega-lite", renderer: "svg", actions: false, defaultStyle: false, tooltip: false, ast: true };
  const drawn = await vegaEmbed(layer, spec, options);
  for (const old of [...box.children]) {
    if (old === layer) break;
    old.finalize?.();
    old.remove();
  }
  layer.finalize = () => drawn.finalize();
  layer.classList.remove("coming");
}

const waiting = new Map(); // what to draw once somebody looks
function plan(kind, drawing) {
  waiting.set(kind, drawing);
  if (!document.hidden) drawWaiting();
}
function drawWaiting() {
  for (const drawing of waiting.values()) drawing();
  waiting.clear();
}
document.addEventListener("visibilitychange", () => { if (!document.hidden) drawWaiting(); });

function drawOverviews(specs) {
  show("curves", Object.keys(specs).length);
  for (const [quantity, spec] of Object.entries(specs)) draw(byId(`chart-${quantity}`), spec);
}

const panels = new Map();
function drawPanels(specs) {
  const names = Object.keys(specs);
  for (const name of names) {
    if (panels.has(name)) continue;
    const panel = part("div", "panel"), title = part("p", "panel-title"), chart = part("div", "chart");
    title.append(nameOf(name));
    chart.setAttribute("role", "img");
    chart.setAttribute("aria-label", `Accuracy of ${name} by epoch, in training and validation`);
    panel.append(title, chart);
    panels.set(name, { panel, chart });
  }
  const holder = byId("panels"), shown = names.map((name) => panels.get(name).panel);
  if (shown.length !== holder.children.length || shown.some((panel, k) => panel !== holder.children[k])) holder.replaceChildren(...shown);
  show("panels-caption", names.length);
  for (const name of names) draw(panels.get(name).chart, specs[name]);
}

// -- the server ----------------------------------------------------------------------------------------------

const HANDLERS = {
  study: (told) => { study = told; buildPlan(); },
  state: (told) => { state = told; fillState(); },
  troubles: fillTroubles,
  happened: fillHappened,
  memory: (told) => { memory = told; fillMemory(); fillAges(); },
  charts: (specs) => plan("charts", () => drawOverviews(specs)),
  panels: (specs) => plan("panels", () => drawPanels(specs)),
  clock: (told) => { clockOffset = told.now - Date.now() / 1000; },
  server: (told) => { if (told.name !== server) location.reload(); },
};

function tellLost(why) {
  document.body.classList.toggle("is-lost", Boolean(why));
  setText(byId("lost"), why);
  show("lost", why);
}

let source = null;
function follow() {
  source = new EventSource(`/events${location.search}`);
  for (const [kind, take] of Object.entries(HANDLERS)) {
    source.addEventListener(kind, (event) => {
      heardFromServer = Date.now();
      tellLost("");
      take(JSON.parse(event.data));
    });
  }
  source.addEventListener("error", () => { sayLost(); if (source.readyState === EventSource.CLOSED) setTimeout(askAgain, 2000); });
}

function sayLost() {
  const since = new Date(heardFromServer).toLocaleTimeString("en-GB");
  tellLost(`The server of this page does not answer; it was last heard of at ${since}. The study may well be running. Start “${commandOf("watch")}” again: this page goes on by itself.`);
}

// A browser that was refused does not try again by itself.
async function askAgain() {
  const reply = await fetch(`/${location.search}`, { method: "HEAD" }).catch(() => null);
  if (reply?.status === 403) tellLost("The server was started anew, and this address is no longer valid: open the one that it printed.");
  else follow();
}

setInterval(() => {
  fillAges();
  if (Date.now() - heardFromServer > 1000 * MOST_SILENT_SECONDS) {
    sayLost();
    if (source.readyState === EventSource.OPEN) { source.close(); follow(); heardFromServer = Date.now() - 1000 * (MOST_SILENT_SECONDS - 6); }
  }
}, 1000);

// -- stopping ------------------------------------------------------------------------------------------------

const sure = byId("sure");
byId("stop").addEventListener("click", () => { show("refused", false); sure.showModal(); });
byId("no").addEventListener("click", () => sure.close());
byId("yes").addEventListener("click", async () => {
  byId("yes").disabled = true;
  try {
    const reply = await fetch(`/stop${location.search}`, { method: "POST", headers: { "x-paribus-token": token } });
    if (!reply.ok) throw new Error((await reply.json()).error);
    sure.close();
  } catch (error) {
    setText(byId("refused"), `It could not be asked: ${error.message}.`);
    show("refused", true);
  } finally {
    byId("yes").disabled = false;
  }
});

for (const command of document.querySelectorAll(".command")) command.textContent = commandOf(command.dataset.verb);
follow();
