// The settings of a document's look.
const { callBridge } = globalThis.__bridge;
const element = (id) => document.getElementById(id);
const form = element("template");
const fields = form.elements;
const TEXTS = ["paper", "accent", "margins", "header", "footer", "language"];
const SWITCHES = ["cover", "contents", "landscape", "hyphenate"];

async function invoke(functionKey, payload) {
  try {
    return (await callBridge("invoke", { functionKey, payload })) ?? {};
  } catch (error) {
    return { problem: `XPress did not answer: ${error?.message ?? error}. Nothing of what you entered is lost; try again.` };
  }
}

// What could not be read cannot be saved either: the form would overwrite it with what it happens to show.
async function read() {
  const template = await invoke("template");
  show(template);
  element("save").disabled = Boolean(template.problem);
  element("again").hidden = !template.problem;
}

function show(template) {
  element("problem").textContent = template.problem ?? "";
  for (const name of [...TEXTS, "size"]) fields[name].value = template[name] ?? fields[name].value;
  for (const name of SWITCHES) fields[name].checked = template[name] ?? fields[name].checked;
}

async function save(event) {
  event.preventDefault();
  element("status").textContent = "";
  const template = { size: Number(fields.size.value) };
  for (const name of TEXTS) template[name] = fields[name].value;
  for (const name of SWITCHES) template[name] = fields[name].checked;
  element("save").disabled = true;
  const saved = await invoke("saveTemplate", { template });
  element("save").disabled = false;
  show(saved);
  if (!saved.problem) element("status").textContent = "Saved.";
}

async function look() {
  const { theme } = (await callBridge("getContext")) ?? {};
  if (theme?.colorMode) document.documentElement.dataset.colorMode = theme.colorMode;
}

form.addEventListener("submit", save);
element("again").addEventListener("click", read);
look().catch(() => {}); // then the browser says how it looks
read();
