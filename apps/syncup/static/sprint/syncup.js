// The action of one sprint: its report.
const { callBridge } = globalThis.__bridge;
const invoke = (functionKey, payload) => callBridge("invoke", { functionKey, payload });
const show = (id, text) => (document.getElementById(id).textContent = text);

function fill(id, rows) {
  const table = document.getElementById(id);
  table.replaceChildren();
  for (const cells of rows) {
    const row = table.insertRow();
    for (const cell of cells) row.insertCell().textContent = String(cell);
  }
}

async function start() {
  const { extension } = await callBridge("getContext");
  const result = await invoke("sprintReport", { sprintId: extension.sprint.id });
  show("problem", result.problem ?? "");
  show("sprint", result.name ?? "");
  if (result.health === undefined) return;
  show("health", result.health);
  fill("reasons", result.reasons.map(({ reason, lost }) => [reason, `−${lost}`]));
  fill("scope", [["", "issues", "points"], ...result.scope.map(({ what, issues, points }) => [what, issues, points])]);
}

start();
