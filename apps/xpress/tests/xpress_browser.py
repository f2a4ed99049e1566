"""Pages of an app in a real browser, before a bridge that a test plays or before the app itself."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

__all__ = ["AUDIT", "needs_browser", "used"]

STATIC = Path(__file__).parents[1] / "static"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--virtual-time-budget=60000", "--dump-dom",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}
PATIENCE_S = 120

BRIDGE = """<script>
const errors = [];
addEventListener("error", (event) => errors.push(event.message));
addEventListener("unhandledrejection", (event) => errors.push(String(event.reason)));
globalThis.__bridge = { callBridge: async (verb, given) => {
  const answer = await fetch("/bridge", { method: "POST", body: JSON.stringify({ verb, given }) });
  const said = await answer.json();
  if (said.error) throw new Error(said.error);
  return said.result;
} };
</script>"""
DRIVER = """<script>
const until = async (test) => { while (!test()) await new Promise((done) => setTimeout(done, 20)); };
const $ = (id) => document.getElementById(id);
const lines = (id) => [...($(id)?.children ?? [])].map((each) => each.textContent);
addEventListener("load", async () => {
  let told;
  try { told = await (async () => { %s })(); } catch (error) { told = { failed: String(error) }; }
  await fetch("/told", { method: "POST", body: JSON.stringify({ told, errors }) });
});
</script>"""

AUDIT = """
const channel = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
const parts = (text) => text.match(/[\\d.]+/g).map(Number);
const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
const behind = (node) => {
  for (let each = node; each; each = each.parentElement) {
    const found = parts(getComputedStyle(each).backgroundColor);
    if (found.length < 4 || found[3] > 0) return found;
  }
  return matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255];
};
const contrast = (node) => {
  const [one, other] = [light(parts(getComputedStyle(node).color)), light(behind(node))];
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
};
const told = [];
const all = [...document.body.querySelectorAll("*")];
const visible = all.filter((each) => each.checkVisibility() && each.tagName !== "SCRIPT");
for (const each of visible) {
  const words = [...each.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data.trim()).join("");
  if (words && !each.disabled && !each.closest("svg") && contrast(each) < 4.5)
    told.push(`${each.tagName} ${words.slice(0, 30)}: ${contrast(each).toFixed(1)}`);
  if (["INPUT", "SELECT"].includes(each.tagName) && !each.labels.length) told.push(`${each.id} has no label`);
  if (each.tagName === "BUTTON" && !each.textContent.trim()) told.push(`a button without words`);
  if (each.tagName === "TH" && words && !each.scope) told.push(`a heading cell without scope: ${words}`);
  if (each.tagName === "svg" && !each.getAttribute("aria-label")) told.push("a picture without words");
  const named = each.getAttribute("aria-labelledby");
  if (named && !$(named)) told.push(`${each.id} has no name`);
}
const levels = visible.filter((each) => /^H[1-6]$/.test(each.tagName)).map((each) => Number(each.tagName[1]));
levels.forEach((level, at) => {
  if (level > (levels[at - 1] ?? 0) + 1) told.push(`a heading of level ${level} too early`);
});
if (!document.documentElement.lang || !document.title) told.push("the page has no language or no title");
return { told, dark: matchMedia("(prefers-color-scheme: dark)").matches };
"""
"""What hinders somebody on a page as it is shown: too little contrast (WCAG 2.2, 1.4.3), what has no name, levels."""

needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here (apt-get install chromium)")


def used(
    folder: Path,
    page: str,
    script: str,
    bridge: Callable[[str, Any], Any],
    *,
    static: Path = STATIC,
    dark: bool = False,
) -> Any:
    """What ``script`` gives, the body of an async function that uses the page as a person would.

    ``static`` is the folder of the app's pages; ``dark``: the person likes dark pages. ``bridge`` answers the page's
    calls; an exception of its becomes a rejected promise. Raises AssertionError for an error that the page's own script
    lets pass.
    """
    told: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = static / page / (self.path.strip("/") or "index.html")
            if not path.is_file():
                self.send_error(404)
                return
            text = path.read_text(encoding="utf-8")
            if path.suffix == ".html":
                text = text.replace("<head>", f"<head>{BRIDGE}").replace("</body>", f"{DRIVER % script}</body>")
            self.answer(text.encode(), TYPES[path.suffix])

        def do_POST(self) -> None:
            given = json.loads(self.rfile.read(int(self.headers["content-length"])))
            if self.path == "/told":
                told.append(given)
                self.answer(b"{}", "application/json")
                return
            try:
                said: dict[str, Any] = {"result": bridge(given["verb"], given.get("given"))}
            except Exception as error:  # noqa: BLE001 -- as the bridge does, whatever the app raised
                said = {"error": str(error)}
            self.answer(json.dumps(said).encode(), "application/json")

        def answer(self, body: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("content-type", f"{kind}; charset=utf-8")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """The test says what went wrong."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.timeout = 0.1
        address = f"http://127.0.0.1:{server.server_port}/"
        scheme = f"--blink-settings=preferredColorScheme={0 if dark else 1}"
        command = [str(CHROMIUM), *QUIET, scheme, f"--user-data-dir={folder / 'profile'}", address]
        browser = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + PATIENCE_S
        try:
            while not told and time.monotonic() < end and browser.poll() is None:
                server.handle_request()
        finally:
            browser.terminate()
            browser.wait()
    assert told, "the page did not come to an end"
    assert told[0]["errors"] == []
    assert "failed" not in (told[0]["told"] or {}), told[0]["told"]
    return told[0]["told"]
