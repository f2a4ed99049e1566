// The five settings of a document's look.
const { callBridge } = globalThis.__bridge;
const form = document.getElementById("template");
const fields = form.elements;

function show(template) {
  document.getElementById("problem").textContent = template.problem ?? "";
  for (const name of ["paper", "accent", "size"]) fields[name].value = template[name] ?? fields[name].value;
  for (const name of ["cover", "contents"]) fields[name].checked = template[name] ?? fields[name].checked;
}

async function start() {
  show(await callBridge("invoke", { functionKey: "template" }));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const template = {
      paper: fields.paper.value,
      accent: fields.accent.value,
      size: Number(fields.size.value),
      cover: fields.cover.checked,
      contents: fields.contents.checked,
    };
    show(await callBridge("invoke", { functionKey: "saveTemplate", payload: { template } }));
  });
}

start();
