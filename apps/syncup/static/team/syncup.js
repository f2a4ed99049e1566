// A team's page: the sprint that runs, its forecast, and the board's velocity, each asked for on its own.
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

function draw(id, numbers) {
  const most = Math.max(1, ...numbers);
  const wide = 300 / Math.max(1, numbers.length - 1);
  const line = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
  line.setAttribute("points", numbers.map((number, day) => `${day * wide},${78 - (76 * number) / most}`).join(" "));
  document.getElementById(id).replaceChildren(line);
}

function tell(problem) {
  if (problem) show("problem", `${document.getElementById("problem").textContent} ${problem}`.trim());
}

async function report(boardId) {
  const result = await invoke("sprintReport", { boardId });
  tell(result.problem);
  show("sprint", result.name ?? "");
  if (result.health === undefined) return;
  show("health", result.health);
  const reasons = result.reasons.map(({ reason, lost }) => {
    const item = document.createElement("li");
    item.textContent = `${reason}: −${lost}`;
    return item;
  });
  document.getElementById("reasons").replaceChildren(...reasons);
  draw("burndown", result.burndown);
  fill("scope", [["", "issues", "points"], ...result.scope.map(({ what, issues, points }) => [what, issues, points])]);
}

async function forecast(boardId) {
  const result = await invoke("forecast", { boardId });
  tell(result.problem);
  if (result.chance === undefined) return;
  show("chance", `${result.left} ${result.unit} left; done in time in ${result.chance} of 100 futures`);
  fill("finish", result.finish.map(({ confidence, date }) => [`${confidence} %`, date]));
}

async function velocity(boardId) {
  const result = await invoke("velocity", { boardId });
  tell(result.problem);
  if (result.low === undefined) return;
  show("range", `${result.mean} ${result.unit} a sprint, mostly ${result.low} to ${result.high}`);
  fill("velocity", result.sprints.map((sprint) => [sprint.name, sprint.committed, sprint.completed, `${sprint.sayDo} %`]));
}

async function start() {
  const { extension } = await callBridge("getContext");
  const boardId = extension.board.id;
  await report(boardId);
  await Promise.all([forecast(boardId), velocity(boardId)]);
}

start();
