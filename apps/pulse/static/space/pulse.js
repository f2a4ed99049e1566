// The space page: shows the last score, scans on request, and carries the cursor from step to step.
const { callBridge } = globalThis.__bridge;
const invoke = (functionKey, payload) => callBridge("invoke", { functionKey, payload });
const show = (id, text) => (document.getElementById(id).textContent = text);
const SIGNALS = ["freshness", "ownership", "readability", "structure", "links", "labels"];

function fill(id, rows) {
  const table = document.getElementById(id);
  table.replaceChildren();
  for (const cells of rows) {
    const row = table.insertRow();
    for (const cell of cells) row.insertCell().textContent = String(cell);
  }
}

function render(result) {
  show("problem", result.problem ?? "");
  if (result.score === undefined) return;
  show("score", result.score.toFixed(1));
  show("progress", `${result.pages} pages`);
  fill("signals", SIGNALS.map((name) => [name, result[name]]));
  fill("worst", (result.worst ?? []).map((page) => [page.title, page.score]));
}

async function scan(spaceId, resume) {
  let cursor = resume ?? null;
  let result;
  do {
    result = await invoke("scanSpace", cursor ? { spaceId, cursor } : { spaceId });
    cursor = result.cursor;
    if (cursor) show("progress", `${result.scanned} of ${result.pages} pages`);
  } while (cursor);
  render(result);
  return result.resume ?? null;
}

async function start() {
  const { extension } = await callBridge("getContext");
  const spaceId = extension.space.id;
  const button = document.getElementById("scan");
  let resume = null;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      resume = await scan(spaceId, resume);
    } catch {
      show("problem", "The scan was interrupted; try again.");
    } finally {
      button.disabled = false;
    }
  });
  render(await invoke("spaceHealth", { spaceId }));
}

start();
