// Which trial is under the pointer, in pictures where each trial is a dot.
const tip = find("tip");
const NEAR = 9;
const MOST = 12;

const describe = (row) => {
  const number = columns[0].numbers[row];
  tip.replaceChildren(element("b", `trial ${number}`));
  const value = shown(cell(score, row));
  const said = value ? `${about.metric} ${value}` : shown(cell(byName.get("state"), row)).toLowerCase();
  tip.append(element("div", said));
  const names = Object.keys(about.params);
  for (const name of names.slice(0, MOST)) {
    const text = shown(cell(exactly(name), row));
    if (text) tip.append(element("div", `${about.params[name]} ${text}`));
  }
  if (names.length > MOST) tip.append(element("div", `and ${names.length - MOST} more`));
};

const place = (event) => {
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  const right = event.clientX + 14 + width < innerWidth;
  const below = event.clientY + 14 + height < innerHeight;
  tip.style.left = `${Math.max(2, right ? event.clientX + 14 : event.clientX - 14 - width)}px`;
  tip.style.top = `${Math.max(2, below ? event.clientY + 14 : event.clientY - 14 - height)}px`;
};

const placed = (axis) => {
  const places = axis.places && new Map(axis.places);
  const scale = axis.log ? Math.log : (value) => value;
  const [low, high] = [scale(axis.low), scale(axis.high)];
  return (value) => {
    const number = places ? places.get(value) : value;
    if (number === null || number === undefined || (axis.log && number <= 0)) return NaN;
    return (scale(number) - low) / (high - low);
  };
};
const along = (axis, name) => {
  const column = exactly(name);
  const at = placed(axis);
  return (row) => at(cell(column, row));
};

const dots = (axes) => {
  const [left, top, width, height] = axes.box;
  const found = [];
  const add = (a, b, row) => {
    if (a >= -0.01 && a <= 1.01 && b >= -0.01 && b <= 1.01) {
      found.push([left + a * width, top + (1 - b) * height, row]);
    }
  };
  if (axes.x.column === null) {
    // Learning curves: each step of each of them.
    const [x, y] = [placed(axes.x), placed(axes.y)];
    for (const [number, [steps, values]] of Object.entries(about.curves)) {
      const row = rowOf.get(Number(number));
      steps.forEach((step, index) => add(x(step), y(values[index]), row));
    }
    return found;
  }
  const x = along(axes.x, axes.x.column);
  const y = along(axes.y, axes.y.column);
  for (let row = 0; row < total; row++) add(x(row), y(row), row);
  return found;
};

for (const figure of document.querySelectorAll("figure[data-axes]")) {
  const axes = JSON.parse(figure.dataset.axes);
  const svg = figure.querySelector("svg");
  const ring = document.createElementNS(SVG, "circle");
  ring.setAttribute("r", "5");
  ring.setAttribute("class", "ring");
  let known = null;
  let under = null;
  const leave = () => {
    tip.hidden = true;
    under = null;
    ring.remove();
  };
  figure.addEventListener("pointermove", (event) => {
    known ??= dots(axes);
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(
      svg.getScreenCTM().inverse(),
    );
    // Dots that share a value are spread a little to the sides.
    const wide = axes.x.spread ? 3 : 1;
    let near = NEAR;
    let dot = null;
    for (const candidate of known) {
      const away = Math.hypot((candidate[0] - at.x) / wide, candidate[1] - at.y);
      if (away < near) [near, dot] = [away, candidate];
    }
    if (!dot) return leave();
    if (under !== dot[2]) {
      under = dot[2];
      describe(under);
      ring.setAttribute("cx", dot[0]);
      ring.setAttribute("cy", dot[1]);
      if (!axes.x.spread) svg.append(ring);
    }
    place(event);
  });
  figure.addEventListener("pointerleave", leave);
  figure.addEventListener("click", () => under !== null && openTrial(columns[0].numbers[under]));
}
