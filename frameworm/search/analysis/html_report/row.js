// What a row opens to: the trial beside the best, its configuration, curve and traceback.
const literal = (column, row) => {
  const value = cell(column, row);
  if (value === null) return null;
  if (typeof value !== "number") return about.texts[column.name]?.[value] ?? JSON.stringify(value);
  const text = String(value).replace(/^(-?\d+)e/, "$1.0e");
  return about.floats.includes(column.name) && /^-?\d+$/.test(text) ? `${text}.0` : text;
};

const configuration = (row) => {
  const copy = structuredClone(about.base);
  for (const [name, key] of Object.entries(about.params)) {
    const text = literal(exactly(name), row);
    if (text === null) continue;
    const path = key.split(".");
    let section = copy;
    for (const part of path.slice(0, -1)) {
      if (typeof section[part] !== "object") section[part] = {};
      section = section[part];
    }
    section[path.at(-1)] = text;
  }
  const lines = [];
  const write = (section, indent) => {
    for (const [key, value] of Object.entries(section)) {
      if (typeof value === "object") {
        lines.push(`${indent}${key}:`);
        write(value, `${indent}  `);
      } else {
        lines.push(`${indent}${key}: ${value}`);
      }
    }
  };
  write(copy, "");
  return lines.join("\n");
};

const differences = (row) => {
  const best = about.best === null ? undefined : rowOf.get(about.best);
  const isBest = best === row;
  const box = element("div");
  box.append(element("h3", isBest || best === undefined ? "Parameters" : "Beside the best"));
  const table = element("table", undefined, "pairs beside");
  const head = table.createTHead().insertRow();
  const heads = isBest || best === undefined ? ["", "this"] : ["", "this", `trial ${about.best}`];
  for (const text of heads) head.append(element("th", text));
  const body = table.createTBody();
  const names = [...Object.keys(about.params), "score"];
  for (const name of names) {
    const column = exactly(name);
    if (!column) continue;
    const line = body.insertRow();
    const title = element("th", name === "score" ? about.metric : about.params[name]);
    title.scope = "row";
    line.append(title);
    const mine = shown(cell(column, row));
    line.insertCell().textContent = mine || "–";
    if (heads.length < 3) continue;
    const theirs = shown(cell(column, best));
    line.insertCell().textContent = theirs || "–";
    if (mine !== theirs) line.className = "differs";
  }
  box.append(table);
  return box;
};

const SVG = "http://www.w3.org/2000/svg";
const curve = (number) => {
  const mine = about.curves[number];
  if (!mine) return null;
  const best = number === about.best ? undefined : about.curves[about.best];
  const all = [mine, best].filter(Boolean);
  const steps = all.flatMap(([s]) => s);
  const values = all.flatMap(([, v]) => v).filter((value) => value !== null);
  if (!values.length) return null;
  const [first, last] = [Math.min(...steps), Math.max(...steps)];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (step) => 4 + ((step - first) / (last - first || 1)) * 312;
  const y = (value) => 116 - ((value - low) / (high - low || 1)) * 112;
  const box = element("div");
  box.append(element("h3", best ? "Curve (the best's is grey)" : "Curve"));
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 320 120");
  svg.setAttribute("class", "curve");
  svg.setAttribute("role", "img");
  const end = mine[1].at(-1);
  svg.setAttribute("aria-label", `${about.metric} from ${shown(mine[1][0])} to ${shown(end)}`);
  for (const [found, kind] of [[best, "best"], [mine, "mine"]]) {
    if (!found) continue;
    const line = document.createElementNS(SVG, "polyline");
    const points = found[0].map((step, index) => [step, found[1][index]]);
    const known = points.filter(([, value]) => value !== null);
    line.setAttribute("points", known.map(([s, v]) => `${x(s)},${y(v)}`).join(" "));
    line.setAttribute("class", kind);
    svg.append(line);
  }
  const ends = `steps ${first} to ${last}, ${about.metric} ${shown(low)} to ${shown(high)}`;
  box.append(svg, element("p", ends, "hint"));
  return box;
};

const copied = (text, label) => {
  const box = element("div", undefined, "yaml");
  const button = element("button", label, "copy");
  button.type = "button";
  box.append(button, element("pre", text));
  return box;
};

const opened = (row) => {
  const number = columns[0].numbers[row];
  const box = element("div", undefined, "detail");
  box.append(differences(row));
  const whole = element("div");
  whole.append(element("h3", "Configuration"), copied(configuration(row), "Copy YAML"));
  if (!about.exact && Object.keys(about.params).length) {
    whole.append(element("p", "Parameters are rounded to six digits here.", "hint"));
  }
  box.append(whole);
  const drawn = curve(number);
  if (drawn) box.append(drawn);
  const text = about.tracebacks[about.traceback_of[number]];
  if (text) {
    const failed = element("div", undefined, "traceback");
    failed.append(element("h3", "Traceback"), element("pre", text));
    box.append(failed);
  }
  return box;
};
