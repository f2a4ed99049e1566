// A team's page, and the action of one sprint: each part is asked for on its own, and shown as it comes.
const { callBridge } = globalThis.__bridge;
const element = (id) => document.getElementById(id);
const PARTS = ["report", "forecast", "velocity", "retrospective"];

let board; // its id, as text
let sprint; // that of a sprint's action
let kinds = new Map(); // board → kind
let running = new Set(); // ids of sprints that run, of which there may be several
let turn = 0; // what belongs to an earlier choice is dropped

async function invoke(functionKey, payload) {
  try {
    return (await callBridge("invoke", { functionKey, payload })) ?? {};
  } catch (error) {
    return { problem: `SyncUp did not answer: ${error?.message ?? error}. Nothing is lost; try again.` };
  }
}

function make(name, text, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function tell(problem) {
  const told = [...element("problems").children].map((item) => item.textContent);
  if (problem && !told.includes(problem)) element("problems").append(make("li", problem));
}

function table(id, head, rows) {
  const header = document.createElement("tr");
  header.append(...head.map((text) => make("th", text, { scope: "col" })));
  const body = rows.map(([first, ...cells]) => {
    const row = document.createElement("tr");
    row.append(make("th", first, { scope: "row", dir: "auto" }), ...cells.map((cell) => make("td", cell)));
    return row;
  });
  element(id).replaceChildren(header, ...body);
}

function drawn(name, attributes, text = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

function chart({ scope, done }, unit) {
  const [wide, high, left] = [640, 200, 48];
  const most = Math.max(1, ...scope);
  const x = (day) => left + (day * (wide - left - 8)) / Math.max(1, scope.length - 1);
  const y = (amount) => high - 24 - ((high - 36) * amount) / most;
  const path = (amounts) => amounts.map((amount, day) => `${x(day).toFixed(1)},${y(amount).toFixed(1)}`).join(" ");
  const picture = drawn("svg", { viewBox: `0 0 ${wide} ${high}`, role: "img", width: wide });
  const says = `Scope goes from ${scope[0]} to ${scope.at(-1)} ${unit}; ${done.at(-1)} are done.`;
  picture.setAttribute("aria-label", says);
  for (const amount of [0, most]) {
    picture.append(drawn("line", { x1: left, x2: wide - 8, y1: y(amount), y2: y(amount) }));
    picture.append(drawn("text", { x: left - 6, y: y(amount) + 4, "text-anchor": "end" }, amount));
  }
  picture.append(drawn("text", { x: left, y: high - 6 }, "start"));
  picture.append(drawn("text", { x: wide - 8, y: high - 6, "text-anchor": "end" }, `day ${scope.length - 1}`));
  picture.append(drawn("polyline", { class: "scope", points: path(scope) }));
  picture.append(drawn("polyline", { class: "done", points: path(done) }));
  element("burnup").replaceChildren(picture);
  element("unit").textContent = unit;
}

// In how many of a thousand futures the work ends on each day from now on.
function bars(futures) {
  const [wide, high] = [640, 120];
  const step = wide / futures.length;
  const most = Math.max(...futures);
  const picture = drawn("svg", { viewBox: `0 0 ${wide} ${high}`, role: "img", width: wide });
  const likely = futures.indexOf(most);
  picture.setAttribute("aria-label", `Of a thousand futures, most end in ${likely} days (${most}), the last in ${futures.length - 1} days.`);
  futures.forEach((count, day) => {
    const tall = ((high - 24) * count) / most;
    picture.append(drawn("rect", { x: (day * step + 1).toFixed(1), width: Math.max(1, step - 2).toFixed(1), y: (high - 20 - tall).toFixed(1), height: tall.toFixed(1) }));
  });
  picture.append(drawn("line", { x1: 0, x2: wide, y1: high - 20, y2: high - 20 }));
  picture.append(drawn("text", { x: 0, y: high - 6 }, "today"));
  picture.append(drawn("text", { x: wide, y: high - 6, "text-anchor": "end" }, `in ${futures.length - 1} days`));
  element("futures").replaceChildren(picture);
}

const times = ({ p50, p85, p95 }) =>
  p50 === undefined ? "fewer than five issues" : `half within ${p50} days, 85 % within ${p85}, 95 % within ${p95}`;

function flow(result) {
  const facts = {
    ...(result.days && { "Done, and new": `${result.completed} issues done for good, ${result.came} came` }),
    "Flow efficiency": `${result.flowEfficiency} % of open time somebody was at it`,
    "In progress": `${result.inProgress.issues} issues; begun: ${times(result.inProgress.ageDays)}`,
    "Cycle time": times(result.cycleDays),
    Blocked: `${result.blockedDays} days, all issues together`,
    Bugs: `${result.bugs} % of issues`,
    "Opened again": `${result.reopened} issues`,
  };
  element("flow").replaceChildren(
    ...Object.entries(facts).flatMap(([name, fact]) => [make("dt", name), make("dd", fact)]),
  );
  const { scope, done, came, left, grew } = result.burnup;
  chart(result.burnup, result.unit ?? "issues");
  table(
    "days",
    ["day", "scope", "done", "came", "left", "re-estimated by"],
    scope.map((amount, day) => [day, amount, done[day], came[day - 1] ?? "", left[day - 1] ?? "", grew[day - 1] ?? ""]),
  );
}

function report(result) {
  const title = result.name ?? (result.days && `The last ${result.days} days`);
  element("title").textContent = title ?? "";
  element("report").hidden = !title;
  const has = result.burnup !== undefined;
  for (const id of ["chart", "flow"]) element(id).hidden = !has;
  const isSprint = result.health !== undefined;
  element("health-line").hidden = !isSprint;
  element("reasons").replaceChildren(...(result.reasons ?? []).map(({ reason, lost }) => make("li", `${reason}: −${lost}`)));
  element("scope").replaceChildren();
  element("out-of-the-ordinary").hidden = !result.unusual?.length;
  if (!has) return;
  flow(result);
  table(
    "unusual",
    ["", isSprint ? "this sprint" : "the last seven days", "usual", "from", "to"],
    result.unusual.map(({ sign, value, usual, low, high }) => [sign, value, usual, low, high]),
  );
  if (!isSprint) return;
  element("health").textContent = result.health;
  element("saydo").textContent = `${result.sayDo} % of what was committed is done`;
  table(
    "scope",
    ["", "issues", "points", "hours"],
    result.scope.map(({ what, issues, points, hours }) => [what, issues, points, hours]),
  );
}

function ahead(result) {
  element("forecast").hidden = !(result.finish || result.ahead);
  element("futures-shown").hidden = !result.futures?.some(Boolean) || result.futures.length < 2;
  if (!element("futures-shown").hidden) bars(result.futures);
  if (result.finish) {
    const says = `: ${result.left} ${result.unit} left; done in time in ${result.chance} of 100 futures.`;
    element("chance").replaceChildren(make("bdi", result.name), says);
    table("finish", ["confidence", "done by"], result.finish.map(({ confidence, date }) => [`${confidence} %`, date]));
  } else if (result.ahead) {
    element("chance").textContent = "In the next two weeks:";
    table("finish", ["confidence", "issues done, at least"], result.ahead.map(({ confidence, done }) => [`${confidence} %`, done]));
  }
}

function velocity(result) {
  element("velocity").hidden = result.low === undefined;
  if (result.low === undefined) return;
  element("range").textContent = `${result.mean} ${result.unit} a sprint, mostly ${result.low} to ${result.high}.`;
  table(
    "past",
    ["sprint", "committed", "completed", "say/do"],
    result.sprints.map((each) => [each.name, each.committed, each.completed, `${each.sayDo} %`]),
  );
}

function offer(id, rows, chosen) {
  element(id).replaceChildren(...rows.map(([value, text]) => make("option", text, { value })));
  element(id).value = chosen;
  element(`of-${id.slice(0, -1)}`).hidden = rows.length < 2;
}

// The parts one after another, so that Jira is not asked for the same issues at once.
async function look(sprintId) {
  const mine = ++turn;
  const isWhole = kinds.get(board) === "kanban";
  const steps = isWhole
    ? [["how work flows", "flow", { boardId: board }, (result) => (report(result), ahead(result), velocity({}))]]
    : [
        ["the sprint", "sprintReport", { ...(sprintId && { sprintId }), ...(board && { boardId: board }) }, sprinted],
        ["the velocity", "velocity", { boardId: board }, velocity],
        ["the forecast", "forecast", { boardId: board, ...(running.has(sprintId) && { sprintId }) }, ahead],
      ];
  element("problems").replaceChildren();
  for (const part of PARTS) element(part).hidden = true;
  for (const [name, key, payload, show] of sprint ? steps.slice(0, 1) : steps) {
    element("status").textContent = `Reading ${name}`;
    const result = await invoke(key, payload);
    if (mine !== turn) return;
    if (key === "sprintReport" && kinds.get(board) === "simple" && !result.board) {
      kinds.set(board, "kanban"); // a team-managed board without sprints
      await look();
      return;
    }
    tell(result.problem);
    show(result);
  }
  element("status").textContent = "";
  element("retrospective").hidden = !board;
  element("questions").replaceChildren();
}

function sprinted(result) {
  for (const each of result.sprints ?? []) if (each.state === "active") running.add(String(each.sprint));
  if (result.sprints?.length) offer("sprints", result.sprints.map((each) => [each.sprint, each.name]), result.sprint);
  board ??= result.board && String(result.board);
  report(result);
}

async function ask() {
  element("ask").disabled = true;
  element("status").textContent = "Asking Forge LLM";
  const result = await invoke("retrospective", { boardId: board });
  element("ask").disabled = false;
  element("status").textContent = "";
  tell(result.problem);
  const lines = (result.questions ?? "").split("\n").filter((line) => line.trim());
  element("questions").replaceChildren(...lines.map((line) => make("li", line, { dir: "auto" })));
}

async function save(event) {
  event.preventDefault();
  const { unit, sprints } = event.target.elements;
  element("save").disabled = true;
  const result = await invoke("saveSettings", { unit: unit.value, sprints: Number(sprints.value) });
  element("save").disabled = false;
  await look(element("sprints").value || sprint);
  tell(result.problem);
}

async function settings() {
  const { unit, sprints, problem } = await invoke("settings");
  const form = element("settings").elements;
  if (unit) form.unit.value = unit;
  if (sprints) form.sprints.value = sprints;
  tell(problem);
}

async function start() {
  const { extension, theme } = await callBridge("getContext");
  if (theme?.colorMode) document.documentElement.dataset.colorMode = theme.colorMode;
  sprint = extension.sprint?.id && String(extension.sprint.id);
  board = extension.board?.id && String(extension.board.id);
  kinds = new Map([[board, extension.board?.type]]);
  if (extension.project && !sprint) {
    const found = await invoke("boards", { projectId: extension.project.id });
    tell(found.problem);
    for (const each of found.boards ?? []) kinds.set(String(each.board), each.kind);
    board ??= found.boards?.[0] && String(found.boards[0].board);
    offer("boards", (found.boards ?? []).map((each) => [each.board, each.name]), board);
  }
  element("boards").addEventListener("change", () => {
    board = element("boards").value;
    element("sprints").replaceChildren();
    element("of-sprint").hidden = true;
    look();
  });
  element("sprints").addEventListener("change", () => look(element("sprints").value));
  element("ask").addEventListener("click", ask);
  element("settings").addEventListener("submit", save);
  if (board || sprint) await look(sprint);
  else tell("This project has no board.");
  await settings();
}

start().catch((error) => tell(`SyncUp could not start: ${error?.message ?? error}`));
