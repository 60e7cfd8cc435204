/* Reads rows copied from a spreadsheet: cells by tab, rows by line break, quotes around cells with breaks. */

export function parseRows(text) {
  const rows = [[]];
  let cell = "";
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const sign = text[i];
    if (quoted) {
      if (sign === '"' && text[i + 1] === '"') { cell += '"'; i += 1; }
      else if (sign === '"') quoted = false;
      else cell += sign === "\n" ? " " : sign;
    } else if (sign === '"' && cell === "") {
      quoted = true;
    } else if (sign === "\t" || sign === "\n") {
      rows.at(-1).push(cell);
      cell = "";
      if (sign === "\n") rows.push([]);
    } else if (sign !== "\r") {
      cell += sign;
    }
  }
  rows.at(-1).push(cell);
  return rows.filter((row) => row.some((value) => value.trim() !== ""));
}
