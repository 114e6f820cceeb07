// The trials by column, as the page holds them.
const find = (id) => document.getElementById(id);
const columns = JSON.parse(find("data").textContent);
const about = JSON.parse(find("details").textContent);
const total = (columns[0].numbers ?? columns[0].codes).length;

// Lower case once, since every keystroke looks through every text.
for (const column of columns) {
  column.lower = column.words?.map((word) => word.toLowerCase());
}

// A column is found by its name, a metric without "metrics.", a parameter by its last part too.
const byName = new Map();
const shortNames = (name) => [name.replace(/^metrics\./, ""), name.split(".").pop()];
for (const column of columns) byName.set(column.name.toLowerCase(), column);
for (const part of [0, 1]) {
  const seen = new Map();
  for (const column of columns) {
    const name = shortNames(column.name)[part].toLowerCase();
    seen.set(name, seen.has(name) ? null : column);
  }
  for (const [name, column] of seen) {
    if (column && !byName.has(name)) byName.set(name, column);
  }
}
if (!byName.has(about.metric.toLowerCase())) {
  byName.set(about.metric.toLowerCase(), byName.get("score"));
}
const exactly = (name) => columns.find((column) => column.name === name);
const rowOf = new Map(columns[0].numbers.map((number, row) => [number, row]));

const cell = (column, row) => {
  if (column.numbers) return column.numbers[row];
  const code = column.codes[row];
  return code < 0 ? null : column.words[code];
};

const shown = (value) => {
  if (value === null || value === undefined) return "";
  if (typeof value !== "number") return value;
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const size = Math.abs(value);
  const short = Number(value.toPrecision(6));
  return size !== 0 && (size < 1e-4 || size >= 1e7) ? short.toExponential() : String(short);
};

const element = (name, text, kind) => {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (kind) made.className = kind;
  return made;
};
