// Parallel coordinates: a line a trial; dragging along an axis filters the table.
const canvas = find("parallel");
const axes = about.parallel;
if (canvas && axes) {
  const MOST_LINES = 2000;
  const [TOP, BOTTOM, SIDE] = [34, 30, 56];
  const heights = axes.map((axis) => {
    const at = along(axis, axis.column);
    const values = new Float32Array(total);
    for (let row = 0; row < total; row++) {
      const value = axis.low === axis.high ? (Number.isNaN(at(row)) ? at(row) : 0.5) : at(row);
      const part = axis.column === "score" ? Math.min(1, Math.max(0, value)) : value;
      values[row] = axis.reversed ? 1 - part : part;
    }
    return values;
  });
  const scores = heights.at(-1);
  const brushes = new Map();
  let hovered = null;
  let size = [0, 0];

  const x = (index) => SIDE + (index / (axes.length - 1)) * (size[0] - 2 * SIDE);
  const y = (height) => TOP + (1 - height) * (size[1] - TOP - BOTTOM);
  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);
  const passes = (row) =>
    [...brushes].every(([index, [low, high]]) => {
      const height = heights[index][row];
      return height >= low && height <= high;
    });

  const line = (pen, row) => {
    let down = false;
    for (let index = 0; index < axes.length; index++) {
      const height = heights[index][row];
      // A trial without this parameter passes below its axis.
      const to = Number.isNaN(height) ? size[1] - 16 : y(height);
      if (index === axes.length - 1 && Number.isNaN(height)) break;
      if (down) pen.lineTo(x(index), to);
      else pen.moveTo(x(index), to);
      down = true;
    }
  };
  const lines = (pen, found, style, width, alpha) => {
    pen.beginPath();
    for (const row of found) line(pen, row);
    pen.strokeStyle = style;
    pen.lineWidth = width;
    pen.globalAlpha = alpha;
    pen.stroke();
    pen.globalAlpha = 1;
  };

  const paint = () => {
    const ratio = devicePixelRatio || 1;
    size = [canvas.clientWidth, canvas.clientHeight];
    canvas.width = size[0] * ratio;
    canvas.height = size[1] * ratio;
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    const scored = [];
    const rest = [];
    for (let row = 0; row < total; row++) {
      if (!Number.isNaN(scores[row]) && passes(row)) scored.push(row);
      else rest.push(row);
    }
    scored.sort((one, other) => scores[one] - scores[other]);
    const thin = (found) => {
      const step = Math.max(1, found.length / MOST_LINES);
      return Array.from({ length: Math.min(found.length, MOST_LINES) }, (_, i) => found[Math.floor(i * step)]);
    };
    const good = scored.slice(-Math.max(1, Math.min(100, Math.ceil(scored.length / 10))));
    const alpha = scored.length > 300 ? 0.15 : 0.4;
    lines(pen, thin(rest), color("--muted"), 0.6, brushes.size ? 0.06 : 0.2);
    lines(pen, thin(scored), color("--blue"), 0.8, alpha);
    lines(pen, good, "#e69f00", 1, good.length > 20 ? 0.5 : 0.9);
    const best = about.best === null ? undefined : rowOf.get(about.best);
    if (best !== undefined && passes(best)) lines(pen, [best], "#009e73", 2.4, 1);
    if (hovered !== null) lines(pen, [hovered], color("--ink"), 2, 1);
    scale(pen);
  };

  const scale = (pen) => {
    pen.font = `12px ${getComputedStyle(document.body).fontFamily}`;
    pen.textBaseline = "middle";
    for (const [index, axis] of axes.entries()) {
      if (index < axes.length - 1 && heights[index].some(Number.isNaN)) {
        pen.textAlign = "center";
        pen.fillStyle = color("--muted");
        pen.fillText("not set", x(index), size[1] - 8);
      }
      pen.strokeStyle = color("--dim");
      pen.lineWidth = 1;
      pen.beginPath();
      pen.moveTo(x(index), y(0));
      pen.lineTo(x(index), y(1));
      pen.stroke();
      const brush = brushes.get(index);
      if (brush) {
        pen.fillStyle = color("--accent");
        pen.globalAlpha = 0.35;
        pen.fillRect(x(index) - 7, y(brush[1]), 14, y(brush[0]) - y(brush[1]));
        pen.globalAlpha = 1;
      }
      const room = (size[0] - 2 * SIDE) / (axes.length - 1) - 10;
      const cut = (text, wide) => {
        let short = text;
        while (short.length > 4 && pen.measureText(short).width > wide) short = short.slice(1);
        return short === text ? text : `…${short.slice(1)}`;
      };
      pen.fillStyle = color("--ink");
      pen.textAlign = index === 0 ? "left" : index === axes.length - 1 ? "right" : "center";
      const start = index === 0 ? 2 : index === axes.length - 1 ? size[0] - 2 : x(index);
      pen.fillText(cut(axis.name, index % (axes.length - 1) ? room : room / 2 + SIDE), start, 12);
      pen.textAlign = "right";
      pen.lineWidth = 3;
      pen.strokeStyle = color("--paper");
      for (const [value, text] of axis.ticks) {
        const scaled = axis.log ? Math.log : (number) => number;
        const part =
          axis.low === axis.high
            ? 0.5
            : (scaled(value) - scaled(axis.low)) / (scaled(axis.high) - scaled(axis.low));
        const height = y(axis.reversed ? 1 - part : part);
        const label = cut(text, index ? Math.min(90, room * 0.6) : SIDE - 8);
        pen.strokeText(label, x(index) - 6, height);
        pen.fillText(label, x(index) - 6, height);
      }
    }
  };

  const apply = () => {
    chosen.brush = brushes.size ? passes : null;
    choose();
  };
  let dragged = null;
  const where = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const axisAt = (left) => {
    const index = Math.round(((left - SIDE) / (size[0] - 2 * SIDE)) * (axes.length - 1));
    return index >= 0 && index < axes.length && Math.abs(x(index) - left) < 18 ? index : null;
  };
  const heightAt = (top) => Math.min(1.02, Math.max(-0.02, 1 - (top - TOP) / (size[1] - TOP - BOTTOM)));
  const nearest = ([left, top]) => {
    const between = ((left - SIDE) / (size[0] - 2 * SIDE)) * (axes.length - 1);
    const index = Math.min(axes.length - 2, Math.max(0, Math.floor(between)));
    const part = between - index;
    let near = 5;
    let found = null;
    for (let row = 0; row < total; row++) {
      if (!passes(row)) continue;
      const height = heights[index][row] * (1 - part) + heights[index + 1][row] * part;
      const away = Math.abs(y(height) - top);
      if (away < near) [near, found] = [away, row];
    }
    return found;
  };

  canvas.addEventListener("pointerdown", (event) => {
    const [left, top] = where(event);
    const index = axisAt(left);
    if (index === null) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    dragged = { index, from: heightAt(top), moved: false };
  });
  canvas.addEventListener("pointermove", (event) => {
    const at = where(event);
    if (dragged) {
      const to = heightAt(at[1]);
      dragged.moved ||= Math.abs(to - dragged.from) > 0.02;
      if (dragged.moved) {
        brushes.set(dragged.index, [Math.min(to, dragged.from), Math.max(to, dragged.from)]);
        paint();
      }
      return;
    }
    const found = nearest(at);
    canvas.style.cursor = axisAt(at[0]) !== null ? "ns-resize" : found === null ? "default" : "pointer";
    if (found !== hovered) {
      hovered = found;
      paint();
      if (found !== null) describe(found);
    }
    if (found === null) tip.hidden = true;
    else place(event);
  });
  canvas.addEventListener("pointerup", () => {
    if (!dragged) return;
    // A click on an axis takes its brush away.
    if (!dragged.moved) brushes.delete(dragged.index);
    dragged = null;
    apply();
  });
  canvas.addEventListener("pointerleave", () => {
    tip.hidden = true;
    hovered = null;
    paint();
  });
  canvas.addEventListener("click", (event) => {
    if (axisAt(where(event)[0]) === null && hovered !== null) openTrial(columns[0].numbers[hovered]);
  });
  chosen.changed.push(() => {
    if (!chosen.brush) brushes.clear();
    paint();
  });
  new ResizeObserver(paint).observe(canvas);
  for (const query of ["(prefers-color-scheme: dark)", "print"]) {
    matchMedia(query).addEventListener("change", paint);
  }
}
