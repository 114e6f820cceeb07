"use strict";
(() => {
  const ROWS = 50;
  const holder = document.getElementById("data");
  const columns = JSON.parse(holder.textContent);
  const best = JSON.parse(holder.dataset.best);
  const byName = new Map(columns.map((column) => [column.name.toLowerCase(), column]));
  const total = (columns[0].numbers ?? columns[0].codes).length;
  const find = (id) => document.getElementById(id);

  // Lower case once, since every keystroke looks through every text.
  for (const column of columns) {
    column.lower = column.words?.map((word) => word.toLowerCase());
  }

  const cell = (column, row) => {
    if (column.numbers) return column.numbers[row];
    const code = column.codes[row];
    return code < 0 ? null : column.words[code];
  };

  const shown = (value) => {
    if (value === null) return "";
    if (typeof value !== "number") return value;
    if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
    const size = Math.abs(value);
    return size !== 0 && (size < 1e-4 || size >= 1e7) ? value.toExponential() : String(value);
  };

  // A test for each word of the filter; all have to hold.
  const compare = {
    "<": (a, b) => a < b,
    "<=": (a, b) => a <= b,
    ">": (a, b) => a > b,
    ">=": (a, b) => a >= b,
    "=": (a, b) => a === b,
    "!=": (a, b) => a !== b,
  };
  const condition = (word) => {
    const match = /^(.+?)(<=|>=|!=|<|>|=)(.+)$/.exec(word);
    const column = match && byName.get(match[1]);
    if (!column) return null;
    const [, , sign, wanted] = match;
    if (column.numbers) {
      const number = wanted === "inf" ? Infinity : wanted === "-inf" ? -Infinity : Number(wanted);
      if (Number.isNaN(number)) return null;
      return (row) => column.numbers[row] !== null && compare[sign](column.numbers[row], number);
    }
    return (row) => column.codes[row] >= 0 && compare[sign](column.lower[column.codes[row]], wanted);
  };
  const anywhere = (word) => {
    const hits = columns.map((column) => column.lower?.map((text) => text.includes(word)));
    return (row) =>
      columns.some((column, index) =>
        hits[index]
          ? column.codes[row] >= 0 && hits[index][column.codes[row]]
          : shown(column.numbers[row]).includes(word),
      );
  };

  let sorted = { column: columns[0], sign: 1 };
  let rows = [];
  let page = 0;

  const choose = () => {
    const words = find("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
    const tests = words.map((word) => condition(word) ?? anywhere(word));
    const state = find("state").value;
    if (state) {
      const column = byName.get("state");
      tests.push((row) => column.words[column.codes[row]] === state);
    }
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
    draw();
  };

  const rankOf = (column) => {
    const order = column.words.map((_, code) => code);
    order.sort((a, b) => column.words[a].localeCompare(column.words[b], "en", { numeric: true }));
    const rank = [];
    order.forEach((code, place) => (rank[code] = place));
    return rank;
  };

  const draw = () => {
    const pages = Math.max(1, Math.ceil(rows.length / ROWS));
    page = Math.min(Math.max(page, 0), pages - 1);
    const body = document.createElement("tbody");
    for (const row of rows.slice(page * ROWS, (page + 1) * ROWS)) {
      const line = body.insertRow();
      if (best !== null && columns[0].numbers[row] === best) line.className = "top";
      for (const column of columns) {
        const text = shown(cell(column, row));
        const place = line.insertCell();
        place.textContent = text;
        if (column.numbers) place.className = "number";
        if (column.name === "state") place.classList.add("state", text);
        if (text.length > 30) place.title = text;
      }
    }
    find("table").tBodies[0].replaceWith(body);
    find("count").textContent =
      rows.length === total ? `${total.toLocaleString("en")} trials` : `${rows.length.toLocaleString("en")} of ${total.toLocaleString("en")} trials`;
    find("page").textContent = `page ${page + 1} of ${pages}`;
    find("first").disabled = find("previous").disabled = page === 0;
    find("next").disabled = find("last").disabled = page === pages - 1;
  };

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
      for (const other of head.cells) other.removeAttribute("aria-sort");
      place.setAttribute("aria-sort", sorted.sign > 0 ? "ascending" : "descending");
      choose();
    });
    place.append(button);
    head.append(place);
  }
  head.cells[0].setAttribute("aria-sort", "ascending");

  for (const state of byName.get("state")?.words ?? []) {
    find("state").add(new Option(state.toLowerCase(), state));
  }
  find("state").addEventListener("change", choose);
  find("filter").addEventListener("input", choose);
  find("first").addEventListener("click", () => ((page = 0), draw()));
  find("previous").addEventListener("click", () => (page--, draw()));
  find("next").addEventListener("click", () => (page++, draw()));
  find("last").addEventListener("click", () => ((page = Infinity), draw()));

  for (const button of document.querySelectorAll(".copy")) {
    button.addEventListener("click", async () => {
      const text = button.parentElement.querySelector("pre");
      try {
        await navigator.clipboard.writeText(text.textContent);
      } catch {
        // Some browsers keep the clipboard from files opened by double click.
        getSelection().selectAllChildren(text);
        document.execCommand("copy");
      }
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = "Copy YAML"), 1500);
    });
  }
  choose();
})();
