// What is made of the rows of a scan in the browser alone: a file of scores, and pairs of pages that are nearly the same.
globalThis.pulseRows = (() => {
  const COLUMNS = [
    "id", "title", "score", "grade", "freshness", "ownership", "readability", "structure", "links", "labels", "attachments", "comments",
    "broken", "unresolved", "overdue",
  ];
  const ALIKE = 6; // of the eight numbers of a sketch
  const COMMON = 40; // pages that share a number: a template's text, which says nothing

  // A cell that a spreadsheet neither splits nor takes for a formula.
  function cell(value) {
    const text = value === null || value === undefined ? "" : String(value);
    const safe = typeof value === "string" && /^[\s]*[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  }

  function csv(rows) {
    const lines = [COLUMNS, ...rows.map((row) => COLUMNS.map((name) => row[name]))];
    return lines.map((line) => line.map(cell).join(",") + "\r\n").join("");
  }

  // Pairs of rows whose sketches share most numbers, the most alike first.
  function alike(rows) {
    const having = new Map();
    rows.forEach((row, at) => row.sketch.forEach((number) => having.set(number, [...(having.get(number) ?? []), at].slice(0, COMMON + 1))));
    const shared = new Map();
    for (const places of having.values()) {
      if (places.length > COMMON) continue;
      places.forEach((one, n) => places.slice(n + 1).forEach((other) => shared.set(`${one} ${other}`, (shared.get(`${one} ${other}`) ?? 0) + 1)));
    }
    return [...shared]
      .filter(([, number]) => number >= ALIKE)
      .sort((a, b) => b[1] - a[1])
      .map(([pair]) => pair.split(" ").map((at) => rows[at]));
  }

  return { alike, csv };
})();
