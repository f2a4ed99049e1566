"""The pages in a real browser, where there is one: nothing is asked of any network, nothing is complained of, and
nothing that an app is called runs."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from forgesim.report.proof_page import proof_page
from forgesim.report.proved import Proved

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--enable-logging=stderr", "--log-level=0",
)  # fmt: skip

BROWSER = (None, "not an origin")
"""Who asked, where it was the browser for itself and no page."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here (Debian: apt-get install chromium)"),
]


def opened(folder: Path, page: str) -> tuple[str, str, list[str]]:
    """The document as the browser has it, what it logged, and every address that it asked for."""
    (folder / "page.html").write_text(page)
    log = folder / "net.json"
    command = [str(CHROMIUM), *QUIET, f"--user-data-dir={folder / 'profile'}", f"--log-net-log={log}"]
    ran = subprocess.run(
        [*command, "--window-size=375,800", "--dump-dom", (folder / "page.html").as_uri()],
        capture_output=True, text=True, check=True, timeout=90,
    )  # fmt: skip
    asked = [event.get("params", {}) for event in json.loads(log.read_text())["events"]]
    by_page = {str(each["url"]) for each in asked if "url" in each and each.get("initiator") not in BROWSER}
    return ran.stdout, ran.stderr, sorted(url for url in by_page if not url.startswith("file:"))


def test_a_page_asks_for_nothing_says_nothing_and_runs_nothing(hostile: Proved, tmp_path: Path) -> None:
    document, said, asked = opened(tmp_path, proof_page([hostile]))
    assert asked == []
    assert "CONSOLE" not in said
    assert "<title>forgesim: verdicts: " in document
    assert '<section class="app"' in document


def test_this_test_would_see_it(hostile: Proved, tmp_path: Path) -> None:
    planted = "<img src='http://127.0.0.1:9/x'><script>console.log('here')</script>"
    loose = (
        proof_page([hostile])
        .replace("default-src &#x27;none&#x27;", "default-src *")
        .replace("</main>", f"{planted}</main>")
    )
    _, said, asked = opened(tmp_path, loose)
    assert "CONSOLE" in said
    assert "http://127.0.0.1:9/x" in asked
