// A test for each word of the filter; all have to hold.
const compare = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "=": (a, b) => a === b,
  "!=": (a, b) => a !== b,
};
const split = (word) => /^(.+?)(<=|>=|!=|<|>|=)(.+)$/.exec(word);

const condition = (word) => {
  const match = split(word);
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

// How many letters must change to make one word of another (Wagner and Fischer 1974).
const distance = (one, other) => {
  let line = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const change = line[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(line[j] + 1, next[j - 1] + 1, change));
    }
    line = next;
  }
  return line[other.length];
};

const whyNothing = (words) => {
  for (const word of words) {
    const match = split(word);
    if (!match || byName.has(match[1])) continue;
    const ranked = [...byName].sort(
      (a, b) => distance(match[1], a[0]) - distance(match[1], b[0]),
    );
    const [near, column] = ranked[0];
    const hint =
      distance(match[1], near) <= Math.max(2, match[1].length / 3)
        ? `did you mean ${column.name}?`
        : `there are ${columns.map(({ name }) => name).join(", ")}.`;
    return `No trial fits: there is no column ${match[1]}; ${hint}`;
  }
  return "No trial fits the filter.";
};
