// What the byline of a page opens: its score, signals and cheapest fixes; an explanation on request.
const { callBridge } = globalThis.__bridge;
const element = (id) => document.getElementById(id);
const say = (id, text) => (element(id).textContent = text ?? "");
const SIGNALS = ["freshness", "ownership", "readability", "structure", "labels", "attachments", "comments"];

async function invoke(functionKey, payload) {
  try {
    return (await callBridge("invoke", { functionKey, payload })) ?? {};
  } catch (error) {
    return { problem: `Pulse did not answer: ${error?.message ?? error}. Try again.` };
  }
}

// A score's colour is that of its grade: C and better, D and E, F.
const GRADED = { low: 50, high: 70, optimum: 100 };

function bar(value, name, colours = GRADED) {
  return Object.assign(document.createElement("meter"), { min: 0, max: 100, ...colours, value, title: `${name}: ${value}` });
}

// Each row begins with its heading; a cell is a text or an element.
function fill(id, rows) {
  const body = element(id).tBodies[0];
  body.replaceChildren();
  for (const [heading, ...cells] of rows) {
    const row = body.insertRow();
    row.append(Object.assign(document.createElement("th"), { scope: "row", textContent: heading }));
    for (const cell of cells) row.insertCell().append(cell);
  }
  element(id).hidden = rows.length === 0;
}

function scored(name, value) {
  return value === undefined ? [name, "not judged"] : [name, String(value), bar(value, name)];
}

async function explain(pageId) {
  element("explain").disabled = true;
  say("explanation", "Asking Forge LLM");
  const { explanation, problem } = await invoke("explainPage", { pageId });
  say("explanation", explanation);
  say("problem", problem);
  element("explain").disabled = false;
}

async function start() {
  const { extension, theme } = await callBridge("getContext");
  if (theme?.colorMode) document.documentElement.dataset.colorMode = theme.colorMode;
  const { id: pageId, type } = extension.content;
  if (type === "blogpost") {
    say("status", "Pulse judges pages. This is a blog post.");
    return;
  }
  element("explain").addEventListener("click", () => explain(pageId));
  const result = await invoke("checkPage", { pageId });
  say("problem", result.problem);
  say("status", "");
  element("explain").disabled = false;
  if (result.score === undefined) return;
  say("score", `${result.grade} · ${result.score.toFixed(1)}`);
  const viewed = Number.isInteger(result.views) ? `Viewed ${result.views} times.` : "";
  say("status", `${viewed} ${result.overdue ? "Overdue for review." : ""}`.trim());
  fill("signals", SIGNALS.map((name) => scored(name, result[name])));
  fill("fixes", result.fixes.map(({ fix, gain, minutes }) => [fix, `+${gain.toFixed(1)}`, String(minutes)]));
  fill("trend", result.trend.map(({ date, score }) => [date, score.toFixed(1), bar(score, date)]));
}

start().catch((error) => {
  say("status", "");
  say("problem", `Pulse could not start: ${error?.message ?? error}`);
});
