// Every chart as a file: SVG and PNG as chart_files.py makes them, on paper with title and caption; CSV of its data.

const ON_PAPER = { ink: "#1d1f21", paper: "#ffffff", width: 640, letters: 100, scale: 2 };
const KINDS = { SVG: saveSvg, PNG: savePng, CSV: saveCsv };

function offerSaving(chart) {
  const menu = document.createElement("details");
  menu.className = "save";
  const summary = document.createElement("summary");
  summary.textContent = "Save";
  summary.setAttribute("aria-label", `Save the chart ${chart.name}`);
  const buttons = Object.entries(KINDS).map(([kind, save]) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = kind;
    button.addEventListener("click", async () => {
      offer(await save(chart), `${chart.name}.${kind.toLowerCase()}`);
      menu.open = false;
      summary.focus();
    });
    return button;
  });
  menu.append(summary, ...buttons);
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    summary.focus();
  });
  chart.place.append(menu);
}

function offer(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function saveSvg(chart) {
  const svg = await render(chart, (view) => view.toSVG());
  return new Blob([svg], { type: "image/svg+xml" });
}

async function savePng(chart) {
  const canvas = await render(chart, (view) => view.toCanvas(ON_PAPER.scale));
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

function saveCsv(chart) {
  const { columns, rows } = tabulate(specOf(chart));
  const lines = [columns, ...rows].map((cells) => cells.map(quote).join(","));
  return new Blob([`${lines.join("\n")}\n`], { type: "text/csv" });
}

async function render(chart, take) {
  const { view, finalize } = await embed(document.createElement("div"), putOnPaper(chart));
  const taken = await take(view);
  finalize();
  return taken;
}

// Alone, a chart has no page to take its width, its ink and its title from.
function putOnPaper(chart) {
  const { ink, paper, width, letters } = ON_PAPER;
  const spec = JSON.parse(JSON.stringify(specOf(chart)).replaceAll('"currentColor"', `"${ink}"`));
  const title = {
    text: titleOf(chart),
    subtitle: wrap(captionOf(chart), letters),
    anchor: "start",
    color: ink,
    subtitleColor: ink,
    fontWeight: 600,
    offset: 16,
  };
  return { ...spec, width, title, padding: 16, config: { ...spec.config, background: paper } };
}

// A panel's own title, else the heading that the chart stands under.
function titleOf(chart) {
  const panel = chart.box.closest(".panel")?.querySelector(".panel-title");
  const before = (heading) => heading.compareDocumentPosition(chart.box) & Node.DOCUMENT_POSITION_FOLLOWING;
  const headings = [...document.querySelectorAll("h1, h2, h3")].filter(before);
  return flatten((panel ?? headings.at(-1))?.textContent ?? document.title);
}

function captionOf(chart) {
  return flatten(chart.box.closest("figure")?.querySelector("figcaption")?.textContent ?? "");
}

function flatten(text) {
  return text.replace(/\s+/g, " ").trim();
}

function wrap(text, letters) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
    if (longer.length <= letters || !lines.at(-1)) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.filter(Boolean);
}

function quote(value) {
  const text = String(value ?? "");
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

CHARTS.forEach(offerSaving);
