// The byline of a page: its score and cheapest fixes; an explanation on request.
const { callBridge } = globalThis.__bridge;
const invoke = (functionKey, payload) => callBridge("invoke", { functionKey, payload });
const show = (id, text) => (document.getElementById(id).textContent = text);

async function start() {
  const { extension } = await callBridge("getContext");
  const pageId = extension.content.id;
  document.getElementById("explain").addEventListener("click", async () => {
    const { explanation, problem } = await invoke("explainPage", { pageId });
    show("explanation", explanation ?? "");
    show("problem", problem ?? "");
  });
  const result = await invoke("checkPage", { pageId });
  show("problem", result.problem ?? "");
  if (result.score === undefined) return;
  show("score", result.score.toFixed(1));
  const table = document.getElementById("fixes");
  for (const { fix, gain, minutes } of result.fixes) {
    const row = table.insertRow();
    for (const cell of [fix, `+${gain.toFixed(1)}`, `${minutes} min`]) row.insertCell().textContent = cell;
  }
}

start();
