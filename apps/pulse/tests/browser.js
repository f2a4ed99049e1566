// As much of a browser as Pulse's pages need, for Node: `node browser.js SCRIPT... < {"answers": {function: [result, …]},
// "clicks": [id, …], "content": what the page is open on}`. A click that is "stop" comes while the step after it is asked
// for; one that is "ID/N" is on the title in the table's row N. Prints what is shown by id.
const { readFileSync } = require("node:fs");
const vm = require("node:vm");

class Element {
  constructor() {
    Object.assign(this, { textContent: "", hidden: false, disabled: false, rows: [], listeners: {}, tBodies: [this], children: [] });
  }
  addEventListener(name, heard) {
    this.listeners[name] = heard;
  }
  append(...parts) {
    this.children.push(...parts);
  }
  replaceChildren() {
    this.rows = [];
  }
  insertRow() {
    this.rows.push(new Element());
    return this.rows.at(-1);
  }
  insertCell() {
    this.children.push(new Element());
    return this.children.at(-1);
  }
  get text() {
    return this.textContent + this.children.map((each) => each.text ?? String(each)).join("|");
  }
}

const { answers, clicks, content } = JSON.parse(readFileSync(0, "utf8"));
const elements = {};
const element = (id) => (elements[id] ??= new Element());
const asked = [];

function clicked(name) {
  const [id, row] = name.split("/");
  const found = row === undefined ? element(id) : element(id).rows[Number(row)].children[0].children[0];
  return found.listeners.click();
}

async function callBridge(name, { functionKey, payload, ...given } = {}) {
  if (name === "getContext") return { extension: { space: { id: "1" }, content }, theme: { colorMode: "dark" } };
  if (name === "navigate") {
    asked.push([name, given]);
    return;
  }
  asked.push([functionKey, payload]);
  if (clicks[0] === "stop") element(clicks.shift()).listeners.click();
  const answer = (answers[functionKey] ?? []).shift() ?? {};
  if (answer.error) throw new Error(answer.error);
  return answer;
}

const documentElement = { dataset: {} };
const document = { getElementById: element, createElement: () => new Element(), documentElement };
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

(async () => {
  const world = vm.createContext({ __bridge: { callBridge }, document, console, URL, Blob });
  for (const script of process.argv.slice(2)) vm.runInContext(readFileSync(script, "utf8"), world);
  await settled();
  while (clicks.length > 0) {
    await clicked(clicks.shift());
    await settled();
  }
  const shown = Object.entries(elements).map(([id, each]) => [id, each.rows.length ? each.rows.map((row) => row.text) : each.text]);
  console.log(JSON.stringify({ mode: documentElement.dataset.colorMode, asked, shown: Object.fromEntries(shown), hidden: Object.keys(elements).filter((id) => elements[id].hidden) }));
})();
