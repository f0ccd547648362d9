// Tables sort by a click on a column's title: up, down, and back to the study's order.

const BY_NAME = new Intl.Collator("en", { sensitivity: "base" });
const FACTORS = { k: 1e3, M: 1e6, G: 1e9, T: 1e12, min: 60, h: 3600 };
const NUMBER = /[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi;
const WITH_UNIT = /^([+-]?[\d.]+(?:e[+-]?\d+)?)\s*(?:(min|h|s)$|([kMGT]?)(?:B|FLOP)?$)/i;

function makeSortable(table) {
  const body = table.tBodies[0];
  const rows = [...(body?.rows ?? [])];
  const titles = [...(table.tHead?.rows[0]?.cells ?? [])];
  const plain = [...table.querySelectorAll("th, td")].every((cell) => cell.colSpan === 1 && cell.rowSpan === 1);
  if (rows.length < 2 || !plain) return;
  titles.forEach((title, column) => {
    const texts = rows.map((row) => textOf(row.cells[column]));
    if (!title.textContent.trim() || !texts.some(Boolean)) return;
    const order = orderOf(texts);
    const button = document.createElement("button");
    button.type = "button";
    button.append(...title.childNodes);
    title.append(button);
    button.addEventListener("click", () => {
      const next = { undefined: order.first, [order.first]: order.then }[title.ariaSort ?? undefined];
      for (const other of titles) other.ariaSort = null;
      if (next) title.ariaSort = next;
      const numbers = rows.map((_, k) => k);
      if (next) numbers.sort((a, b) => order.compare(a, b, next === "descending") || a - b);
      body.append(...numbers.map((k) => rows[k]));
    });
  });
}

function textOf(cell) {
  return (cell?.dataset.value ?? cell?.textContent ?? "").trim();
}

// Numbers where most cells that say something begin with one: largest first. Else by name, from A on.
// What is no number (no score, off the scale, a dash) stands last either way.
function orderOf(texts) {
  const keys = texts.map(numbersIn);
  const said = texts.filter((text) => text && !/^[–-]$/.test(text));
  if (2 * keys.filter(Boolean).length > said.length) {
    const compare = (a, b, down) => byPresence(keys[a], keys[b]) || (down ? -1 : 1) * byNumbers(keys[a], keys[b]);
    return { first: "descending", then: "ascending", compare };
  }
  const compare = (a, b, down) => byPresence(texts[a], texts[b]) || (down ? -1 : 1) * byText(texts[a], texts[b]);
  return { first: "ascending", then: "descending", compare };
}

function byPresence(a, b) {
  return Number(!a) - Number(!b);
}

// `[0.2, 1.4]`, `3 of 8`, `32 x 16 x 16`: number by number.
function byNumbers(a, b) {
  if (!a || !b) return 0;
  const k = a.findIndex((value, place) => value !== b[place]);
  return k < 0 ? a.length - b.length : a[k] - (b[k] ?? -Infinity);
}

// All numbers of a text that begins with one; null if it does not. `2.1 min` is 126, `1.2 MB` 1,200,000.
function numbersIn(text) {
  const bare = text.replaceAll("\u2212", "-").replace(/(?<=\d),(?=\d{3})/g, "");
  if (!/^[[(<>≤≥~±\s]*[+-]?\d/.test(bare)) return null;
  const single = WITH_UNIT.exec(bare);
  if (single) return [Number(single[1]) * (FACTORS[single[2]] ?? FACTORS[single[3]] ?? 1)];
  return bare.match(NUMBER).map(Number);
}

// Names with numbers in them: lr=0.01 before lr=0.1, seed 2 before seed 10.
function byText(a, b) {
  const [left, right] = [splitText(a), splitText(b)];
  for (let k = 0; k < Math.max(left.length, right.length); k++) {
    const [x, y] = [left[k] ?? "", right[k] ?? ""];
    const difference = k % 2 ? x - y : BY_NAME.compare(x, y);
    if (difference) return difference;
  }
  return 0;
}

// Words at even places, numbers between them.
function splitText(text) {
  return text.replaceAll("\u2212", "-").split(/((?:(?<==)-)?\d+(?:\.\d+)?(?:e[+-]?\d+)?)/i);
}

document.querySelectorAll("table").forEach(makeSortable);
