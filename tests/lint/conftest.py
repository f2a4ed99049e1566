from __future__ import annotations

from pathlib import Path

import pytest

MANIFEST = """\
app:
  id: ari:cloud:ecosystem::app/5f0d7c1e-3c1b-4b4e-9a53-0f2f6f6a1d01
  runtime: {name: nodejs22.x}
permissions:
  scopes: [read:page:confluence, "storage:app"]
  external:
    fetch:
      backend:
        - {address: https://us.i.posthog.com, category: analytics, inScopeEUD: false}
modules:
  confluence:spacePage:
    - {key: page, title: P, route: p, resource: main, resolver: {function: resolver}}
  function:
    - {key: resolver, handler: index.handler}
resources:
  - {key: main, path: static}
"""
TRUST = """\
app: tiny
subprocessors:
  - {name: PostHog, hosts: [us.i.posthog.com], purpose: p, location: l, retention: r, receives: usage}
sends:
  usage: {method: const POST, path: const /capture/}
stores:
  - {in: kvs, key: "page:{page}", value: int 0..9}
scenarios:
  - {name: n, steps: [{call: scan}]}
"""
SOURCE = """\
from forgesim.sdk import Resolver, api, kvs, route

resolver = Resolver()
handler = resolver.handler


@resolver.define("scan")
async def scan(request):
    await api.as_user().request_confluence(route("/wiki/api/v2/pages/{id}", id=request.payload["id"]))
    await kvs.set("page:1", 1)
    await api.fetch("https://us.i.posthog.com/capture/", method="POST", json={})
"""
PAGE = """\
<!doctype html>
<title>Tiny</title>
<script src="./tiny.js"></script>
"""
FILES = {"manifest.yml": MANIFEST, "trust.yml": TRUST, "src/index.py": SOURCE, "static/index.html": PAGE}


def write_app(folder: Path, files: dict[str, str] | None = None) -> Path:
    """The tidy app, with some of its files replaced."""
    for name, text in {**FILES, **(files or {})}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return folder


@pytest.fixture
def app(tmp_path: Path) -> Path:
    return write_app(tmp_path / "app")
