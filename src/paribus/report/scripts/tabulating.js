// The data of a chart as one table. Fields that begin with an underscore are the page's own; what only gives
// colour, dash or the place of a word is no data.

function tabulate(spec) {
  const parts = partsOf(spec);
  const columns = new Map(); // title -> fields, by part
  const rows = [];
  for (const [name, { rows: given, units }] of parts) {
    const hidden = hiddenFields(units);
    const flat = given.flatMap((row) => expand(row, listedFields(units)));
    for (const row of flat) {
      const cells = new Map(parts.size > 1 ? [["part", name]] : []);
      for (const [field, value] of Object.entries(row)) {
        if (hidden.has(field) || (value !== null && typeof value === "object")) continue;
        cells.set(titleOfField(field, units), value);
      }
      for (const title of cells.keys()) columns.set(title, true);
      rows.push(cells);
    }
  }
  const titles = [...columns.keys()];
  return { columns: titles, rows: rows.map((cells) => titles.map((title) => cells.get(title))) };
}

// Named data sets, or else what stands in the specification; words alone are none.
function partsOf(spec) {
  const parts = new Map();
  for (const unit of unitsOf(spec)) {
    const { name, values } = unit.data ?? {};
    const rows = name === undefined ? values : spec.datasets?.[name];
    if (!Array.isArray(rows) || (spec.datasets && name === undefined)) continue;
    const key = name ?? [...parts.keys()].find((known) => parts.get(known).rows === rows) ?? `data ${parts.size + 1}`;
    if (!parts.has(key)) parts.set(key, { rows, units: [] });
    parts.get(key).units.push(unit);
  }
  for (const [key, { units }] of parts) {
    if (units.every(({ mark }) => (mark?.type ?? mark) === "text") && parts.size > 1) parts.delete(key);
  }
  return parts;
}

// Each mark with the data and encodings that it inherits.
function unitsOf(spec, data, encoding) {
  const own = { ...spec, data: spec.data ?? data, encoding: { ...encoding, ...spec.encoding } };
  const inner = [spec.layer, spec.hconcat, spec.vconcat, spec.concat, spec.spec && [spec.spec]].find(Boolean);
  return inner ? inner.flatMap((child) => unitsOf(child, own.data, own.encoding)) : [own];
}

function listedFields(units) {
  return units.flatMap(({ transform }) => (transform ?? []).flatMap((step) => step.flatten ?? []));
}

// One row for each place of its lists.
function expand(row, fields) {
  const lists = [...new Set(fields)].filter((field) => Array.isArray(row[field]));
  if (!lists.length) return [row];
  return row[lists[0]].map((_, k) => ({ ...row, ...Object.fromEntries(lists.map((field) => [field, row[field][k]])) }));
}

function hiddenFields(units) {
  const channels = units.flatMap(({ encoding }) => Object.values(encoding)).flat().filter(Boolean);
  const plain = new Set(channels.filter(({ scale }) => scale !== null).map(({ field }) => field));
  const styles = channels.filter(({ scale, field }) => scale === null && !plain.has(field)).map(({ field }) => field);
  return { has: (field) => field.startsWith("_") || styles.includes(field) };
}

function titleOfField(field, units) {
  const channels = units.flatMap(({ encoding }) => Object.values(encoding)).flat();
  const found = channels.filter((channel) => channel?.field === field);
  return found.map(({ axis, title, legend }) => title ?? axis?.title ?? legend?.title).find(Boolean) ?? field;
}
