// Exports in batches, so that progress is real and a large export can be stopped; what was made until then stays.
// Nothing is read or sent before a button is pressed.
const { callBridge } = globalThis.__bridge;
const element = (id) => document.getElementById(id);
const BATCH = 40; // pages of one document: far from the 25 seconds of a call
const LACKING = { image: "picture", file: "file that is no picture", characters: "characters that no font has" };

let pageId;
let isCancelled = false;
let filling; // the list of pages, once it is being read
const urls = [];
const titles = new Map(); // page id → title, of pages that were listed
const lacking = new Map(); // what is not shown, in words → the pages that lack it

async function invoke(functionKey, payload) {
  try {
    return (await callBridge("invoke", { functionKey, payload })) ?? {};
  } catch (error) {
    return { problem: `XPress did not answer: ${error?.message ?? error}. What was made until now is below; try the rest again.` };
  }
}

function item(list, ...parts) {
  const shown = document.createElement("li");
  shown.append(...parts);
  element(list).append(shown);
  return shown;
}

function offer(result, name) {
  const bytes = Uint8Array.from(atob(result.data), (char) => char.charCodeAt(0));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes], { type: result.contentType }));
  urls.push(link.href);
  link.download = link.textContent = name;
  const access = { "pdf/ua-1": "accessible (PDF/UA-1)", tagged: "tagged", no: "without tags" }[result.accessible];
  item("files", link, `, ${counted(result.pages, "page")} on ${counted(result.sheets, "sheet")}, ${access}`);
  for (const { page, name: what } of result.placeholders) lack(LACKING[what] ?? `macro “${what}”`, page);
  for (const id of result.missing ?? []) lack(`${titles.get(id) ?? `page ${id}`}: removed, or you may not see it`, id);
  element("missing").replaceChildren();
  for (const [words, pages] of lacking) item("missing", pages.size === 1 ? words : `${words}, on ${pages.size} pages`);
  element("lacking").hidden = lacking.size === 0;
}

function lack(words, page) {
  lacking.set(words, (lacking.get(words) ?? new Set()).add(page));
}

function counted(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function named(fileName, number, all) {
  return all === 1 ? fileName : fileName.replace(/\.pdf$/, ` (${number} of ${all}).pdf`);
}

function progress(done, all) {
  element("bar").max = all;
  element("bar").value = done;
  element("said").textContent = `${done} of ${all} pages`;
}

// Every part of one call's document: most have one. False where a service failed, and then its words are shown.
async function exported(functionKey, payload, number, all) {
  for (let part = 1, parts = 1; part <= parts && !isCancelled; part += 1) {
    const result = await invoke(functionKey, part === 1 ? payload : { ...payload, part });
    if (result.data === undefined) {
      element("problem").textContent = result.problem ?? "XPress gave no document.";
      return false;
    }
    parts = result.parts;
    offer(result, named(named(result.fileName, number, all), part, parts));
  }
  return true;
}

async function listed() {
  const result = await invoke("contents", { pageId });
  element("problem").textContent = result.problem ?? "";
  for (const { id, title } of result.pages ?? []) titles.set(id, title ?? "this page");
  return result.pages ?? [];
}

// Reads the list once, however often it is asked for; again after a failure.
async function choose() {
  filling ??= fill();
  if ((await filling) === 0) filling = undefined;
}

async function fill() {
  element("status").textContent = "Reading the list of pages";
  const pages = await listed();
  for (const { id, title, depth } of pages) {
    const label = document.createElement("label");
    const box = Object.assign(document.createElement("input"), { type: "checkbox", value: id, checked: true });
    label.append(box, title ?? "This page");
    item("pages", label).style.paddingInlineStart = `${Math.min(depth, 8)}rem`;
  }
  element("status").textContent = "";
  return pages.length;
}

function boxes() {
  return [...element("pages").querySelectorAll("input")];
}

async function wanted(what) {
  if (what === "page") return [pageId];
  if (what === "tree") return (await listed()).map(({ id }) => id);
  await choose();
  return boxes().filter((box) => box.checked).map((box) => box.value);
}

async function run(form) {
  const what = form.elements.what.value;
  const format = form.elements.format.value;
  const ids = await wanted(what);
  if (ids.length === 0) {
    if (what === "chosen") element("problem").textContent ||= "Choose at least one page.";
    return;
  }
  const all = Math.ceil(ids.length / BATCH);
  element("progress").hidden = false;
  for (let number = 0; number < all && !isCancelled; number += 1) {
    progress(number * BATCH, ids.length);
    const some = ids.slice(number * BATCH, (number + 1) * BATCH);
    const call = what === "page" ? ["exportPage", { pageId, format }] : ["exportTree", { pageIds: some, format }];
    if (!(await exported(...call, number + 1, all))) return;
  }
  if (!isCancelled) progress(ids.length, ids.length);
  element("status").textContent = isCancelled ? "Stopped. The files made until then are below." : "Done.";
}

function clear() {
  for (const url of urls.splice(0)) URL.revokeObjectURL(url);
  for (const id of ["files", "missing"]) element(id).replaceChildren();
  for (const id of ["problem", "status"]) element(id).textContent = "";
  lacking.clear();
  element("lacking").hidden = true;
  isCancelled = false;
}

async function submitted(event) {
  event.preventDefault();
  clear();
  element("start").disabled = true;
  element("cancel").hidden = false;
  try {
    await run(event.target);
  } finally {
    element("start").disabled = false;
    element("cancel").hidden = element("progress").hidden = true;
  }
}

async function start() {
  const { extension, theme } = await callBridge("getContext");
  if (theme?.colorMode) document.documentElement.dataset.colorMode = theme.colorMode;
  pageId = extension.content.id;
  if (extension.content.type === "blogpost") {
    element("start").disabled = true;
    element("status").textContent = "XPress exports pages. This is a blog post.";
    return;
  }
  const form = element("export");
  form.addEventListener("submit", submitted);
  form.addEventListener("change", async () => {
    const isChosen = form.elements.what.value === "chosen";
    element("choice").hidden = !isChosen;
    if (isChosen) await choose();
  });
  element("cancel").addEventListener("click", () => {
    isCancelled = true;
    element("status").textContent = "Stopping after the document that is being made";
  });
  for (const [id, checked] of [["all", true], ["none", false]])
    element(id).addEventListener("click", () => boxes().forEach((box) => Object.assign(box, { checked })));
}

start().catch((error) => {
  element("problem").textContent = `XPress could not start: ${error?.message ?? error}`;
});
