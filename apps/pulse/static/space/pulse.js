// The space page: shows the last scan, scans on request, step by step, and carries the cursor from one to the next. A
// scan that is stopped or fails goes on from there. Rows of pages stay in this page's memory and go when it is closed.
const { callBridge } = globalThis.__bridge;
const { alike, csv } = globalThis.pulseRows;
const element = (id) => document.getElementById(id);
const say = (id, text) => (element(id).textContent = text ?? "");
const SIGNALS = ["freshness", "ownership", "readability", "structure", "links", "labels", "attachments", "comments"];
const MOST_PAIRS = 50;

let spaceId;
let cursor = null;
let isStopped = false;
let rows = [];
let fileUrl = "";

async function invoke(functionKey, payload) {
  try {
    return (await callBridge("invoke", { functionKey, payload })) ?? {};
  } catch (error) {
    return { problem: `Pulse did not answer: ${error?.message ?? error}. Nothing is lost; try again.`, resume: payload?.cursor };
  }
}

// A score's colour is that of its grade: C and better, D and E, F.
const GRADED = { low: 50, high: 70, optimum: 100 };

function bar(value, name, colours = GRADED) {
  return Object.assign(document.createElement("meter"), { min: 0, max: 100, ...colours, value, title: `${name}: ${value}` });
}

// Each row begins with its heading; that, and a cell, is a text or an element.
function fill(id, lines) {
  const body = element(id).tBodies[0];
  body.replaceChildren();
  for (const [heading, ...cells] of lines) {
    const row = body.insertRow();
    const head = Object.assign(document.createElement("th"), { scope: "row" });
    head.append(heading);
    row.append(head);
    for (const each of cells) row.insertCell().append(each);
  }
  element(id).hidden = lines.length === 0;
}

// The title of a page, which opens it beside this one.
function title({ id, title: words }) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "title", dir: "auto", textContent: words });
  button.addEventListener("click", async () => {
    try {
      await callBridge("navigate", { url: `/wiki/pages/viewpage.action?pageId=${id}`, type: "new-tab" });
    } catch (error) {
      say("problem", `The page could not be opened: ${error?.message ?? error}`);
    }
  });
  return button;
}

function scored(name, value) {
  return value === null || value === undefined ? [name, "not judged"] : [name, String(value), bar(value, name)];
}

function trend({ trend: days }) {
  if (days) fill("trend", days.map(({ date, score }) => [date, score.toFixed(1), bar(score, date)]));
}

function render(result) {
  say("problem", result.problem);
  if (result.score === undefined) return;
  if (result.pages === 0) {
    say("score", "");
    say("about", "There is no page here that you may see.");
    for (const id of ["signals", "grades", "worst"]) fill(id, []);
    return;
  }
  say("score", `${result.grade} · ${result.score.toFixed(1)}`);
  const { pages, overdue, orphans, broken, unresolved = 0, left_out: left = 0 } = result;
  const beyond = left ? ` The ${left} newest pages were left out.` : "";
  say("about", `${pages} pages, ${overdue} overdue for review, ${orphans} that no page links to, ${broken} broken links, ${unresolved} open comments.${beyond}`);
  fill("signals", SIGNALS.map((name) => scored(name, result[name])));
  fill("grades", Object.entries(result.grades ?? {}).map(([name, share]) => [name, `${share} %`, bar(share, name, {})]));
  trend(result);
  fill("worst", (result.worst ?? []).map((page) => [title(page), page.grade, page.score.toFixed(1)]));
}

function progress(done, all) {
  element("bar").max = all;
  element("bar").value = done;
  say("said", `${done} of ${all} pages`);
}

function offer() {
  element("csv").hidden = rows.length === 0;
  fill("alike", alike(rows).slice(0, MOST_PAIRS).map((pair) => pair.map(title)));
}

// Steps until the end, a stop or a failure; then ``cursor`` is where to go on, null for the beginning.
async function scan() {
  if (cursor === null) rows = [];
  do {
    const result = await invoke("scanSpace", cursor ? { spaceId, rows: true, cursor } : { spaceId, rows: true });
    rows.push(...(result.rows ?? []));
    cursor = result.cursor ?? result.resume ?? null;
    if (!result.cursor) {
      render(result);
      if (result.score === undefined) return "Not finished. Scan again to go on from there.";
      trend(await invoke("spaceHealth", { spaceId }));
      return "Done.";
    }
    progress(result.scanned, result.pages);
  } while (!isStopped);
  return "Stopped. Scan again to go on from there; nothing was stored.";
}

async function scanned() {
  isStopped = false;
  say("problem", "");
  say("status", "");
  element("scan").disabled = true;
  element("stop").hidden = element("progress").hidden = false;
  try {
    say("status", await scan());
  } finally {
    element("scan").disabled = false;
    element("stop").hidden = element("progress").hidden = true;
    say("scan", cursor ? "Go on with the scan" : "Scan this space");
    offer();
  }
}

function download() {
  URL.revokeObjectURL(fileUrl);
  fileUrl = URL.createObjectURL(new Blob(["\ufeff", csv(rows)], { type: "text/csv" }));
  Object.assign(document.createElement("a"), { href: fileUrl, download: "pulse.csv" }).click();
}

async function saved(event, functionKey, payload) {
  event.preventDefault();
  const result = await invoke(functionKey, payload);
  say("problem", result.problem);
  say("status", result.problem ? "" : "Saved. The next scan counts by it.");
}

function fields(weights) {
  for (const name of SIGNALS) {
    const label = Object.assign(document.createElement("label"), { htmlFor: `weight-${name}`, textContent: name });
    const field = document.createElement("input");
    Object.assign(field, { id: `weight-${name}`, name, type: "number", min: 0, max: 10, step: 1, required: true, value: weights[name] ?? 5 });
    element("fields").append(label, field);
  }
}

async function start() {
  const { extension, theme } = await callBridge("getContext");
  if (theme?.colorMode) document.documentElement.dataset.colorMode = theme.colorMode;
  spaceId = extension.space.id;
  element("scan").addEventListener("click", scanned);
  element("csv").addEventListener("click", download);
  element("stop").addEventListener("click", () => {
    isStopped = true;
    say("status", "Stopping after the pages that are being read");
  });
  element("review").addEventListener("submit", (event) =>
    saved(event, "saveReview", { spaceId, days: Number(element("days").value) }));
  element("weights").addEventListener("submit", (event) =>
    saved(event, "saveSettings", { weights: Object.fromEntries(SIGNALS.map((name) => [name, Number(element(`weight-${name}`).value)])) }));
  const health = await invoke("spaceHealth", { spaceId });
  element("days").value = health.review ?? 0;
  fields(await invoke("settings"));
  render(health);
  element("scan").disabled = false;
}

start().catch((error) => {
  say("problem", `Pulse could not start: ${error?.message ?? error}`);
});
