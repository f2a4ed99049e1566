// Two buttons; nothing is read or sent before one is pressed.
const { callBridge } = globalThis.__bridge;
const element = (id) => document.getElementById(id);

function offer(result) {
  element("problem").textContent = result.problem ?? "";
  element("missing").replaceChildren(
    ...(result.placeholders ?? []).map(({ name }) => {
      const item = document.createElement("li");
      item.textContent = `not shown: ${name}`;
      return item;
    }),
  );
  if (result.data === undefined) return;
  const bytes = Uint8Array.from(atob(result.data), (char) => char.charCodeAt(0));
  const file = element("file");
  file.href = URL.createObjectURL(new Blob([bytes], { type: result.contentType }));
  file.download = result.fileName;
  file.textContent = `${result.fileName}, part ${result.part} of ${result.parts}`;
  file.hidden = false;
}

async function start() {
  const { extension } = await callBridge("getContext");
  const pageId = extension.content.id;
  for (const [id, functionKey] of [["page", "exportPage"], ["tree", "exportTree"]])
    element(id).addEventListener("click", async () => offer(await callBridge("invoke", { functionKey, payload: { pageId } })));
}

start();
