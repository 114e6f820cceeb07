// The table: sorted, filtered, a page at a time, rows to open.
const ROWS = 50;
const score = byName.get("score");
let sorted = { column: score, sign: about.mode === "min" ? 1 : -1 };
let rows = [];
let page = 0;
const open = new Set();
const chosen = { brush: null, changed: [] };

const rankOf = (column) => {
  const order = column.words.map((_, code) => code);
  order.sort((a, b) => column.words[a].localeCompare(column.words[b], "en", { numeric: true }));
  const rank = [];
  order.forEach((code, place) => (rank[code] = place));
  return rank;
};

const choose = () => {
  const words = find("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  const tests = words.map((word) => condition(word) ?? anywhere(word));
  const state = find("state").value;
  if (state) {
    const column = byName.get("state");
    tests.push((row) => column.words[column.codes[row]] === state);
  }
  if (chosen.brush) tests.push(chosen.brush);
  rows = [];
  for (let row = 0; row < total; row++) {
    if (tests.every((test) => test(row))) rows.push(row);
  }
  const { column, sign } = sorted;
  const rank = column.words && rankOf(column);
  const value = (row) => (rank ? rank[column.codes[row]] ?? null : column.numbers[row]);
  rows.sort((one, other) => {
    const a = value(one);
    const b = value(other);
    // A missing value is last either way: it is neither large nor small.
    if (a === null || b === null) return (a === null) - (b === null) || one - other;
    return a === b ? one - other : a < b ? -sign : sign;
  });
  page = 0;
  find("nothing").hidden = rows.length > 0 || total === 0;
  find("nothing").textContent = rows.length ? "" : whyNothing(words);
  find("unbrush").hidden = !chosen.brush;
  draw();
  for (const told of chosen.changed) told();
};

const draw = () => {
  const pages = Math.max(1, Math.ceil(rows.length / ROWS));
  page = Math.min(Math.max(page, 0), pages - 1);
  const body = document.createElement("tbody");
  for (const row of rows.slice(page * ROWS, (page + 1) * ROWS)) {
    const line = body.insertRow();
    const number = columns[0].numbers[row];
    line.dataset.row = row;
    if (about.best !== null && number === about.best) line.classList.add("top");
    for (const [index, column] of columns.entries()) {
      const text = shown(cell(column, row));
      const place = line.insertCell();
      if (column.numbers) place.className = "number";
      if (index === 0) {
        const button = element("button", text);
        button.type = "button";
        button.setAttribute("aria-expanded", open.has(row));
        place.append(button);
        continue;
      }
      place.textContent = text;
      if (column.name === "state") place.classList.add("state", text);
      if (text.length > 30) place.title = text;
    }
    if (open.has(row)) unfold(line, row);
  }
  find("table").tBodies[0].replaceWith(body);
  const all = total.toLocaleString("en");
  const noun = total === 1 ? "trial" : "trials";
  find("count").textContent =
    rows.length === total ? `${all} ${noun}` : `${rows.length.toLocaleString("en")} of ${all} ${noun}`;
  find("page").textContent = `page ${page + 1} of ${pages}`;
  find("first").disabled = find("previous").disabled = page === 0;
  find("next").disabled = find("last").disabled = page === pages - 1;
};

const unfold = (line, row) => {
  const more = element("tr", undefined, "more");
  const place = more.insertCell();
  place.colSpan = columns.length;
  place.append(opened(row));
  line.after(more);
};

const toggle = (line) => {
  const row = Number(line.dataset.row);
  const isOpen = open.delete(row);
  line.querySelector("button").setAttribute("aria-expanded", !isOpen);
  if (isOpen) line.nextElementSibling.remove();
  else {
    open.add(row);
    unfold(line, row);
  }
};

const openTrial = (number) => {
  const row = rowOf.get(number);
  if (!rows.includes(row)) {
    find("filter").value = find("state").value = "";
    chosen.brush = null;
    choose();
  }
  page = Math.floor(rows.indexOf(row) / ROWS);
  open.add(row);
  draw();
  const line = find("table").querySelector(`tr[data-row="${row}"]`);
  line.scrollIntoView({ block: "center" });
  line.querySelector("button").focus({ preventScroll: true });
};

find("table").addEventListener("click", (event) => {
  const line = event.target.closest("tr[data-row]");
  // Who marks text to copy it does not want the row to open.
  if (line && (event.target.closest("button") || !String(getSelection()))) toggle(line);
});

const head = find("table").tHead.insertRow();
for (const column of columns) {
  const place = document.createElement("th");
  place.scope = "col";
  if (column.numbers) place.className = "number";
  const button = document.createElement("button");
  button.type = "button";
  // A long name breaks after its dots and underscores, not within its words.
  for (const [index, part] of column.name.split(/(?<=[._])/).entries()) {
    button.append(...(index ? [document.createElement("wbr"), part] : [part]));
  }
  button.addEventListener("click", () => {
    sorted = { column, sign: sorted.column === column ? -sorted.sign : 1 };
    mark();
    choose();
  });
  place.append(button);
  head.append(place);
}
const mark = () => {
  for (const [index, place] of [...head.cells].entries()) {
    place.removeAttribute("aria-sort");
    if (columns[index] === sorted.column) {
      place.setAttribute("aria-sort", sorted.sign > 0 ? "ascending" : "descending");
    }
  }
};
