from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# The same cases in every run; `--hypothesis-profile explore` draws new ones, and more of them.
settings.register_profile(
    "same", max_examples=50, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "explore", max_examples=400, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("same")

ROOT = Path(__file__).parents[1]

MANIFEST = """\
app:
  id: ari:cloud:ecosystem::app/5d4f7a0e-1111-4222-8333-444455556666
  runtime:
    name: nodejs22.x
modules:
  confluence:spacePage:
    - key: page
      title: Bare
      route: bare
      resource: main
      resolver:
        function: resolver
  function:
    - key: resolver
      handler: index.handler
resources:
  - key: main
    path: static
permissions:
  scopes: [read:page:confluence, read:space:confluence, "storage:app"]
"""

TRUST = """\
app: bare
vendor: forgesim reference app
modelled_on: nothing
purpose: a test
subprocessors: []
reads:
  call: spaces, pages
stores:
  - in: kvs
    key: "count"
    value: int 0..1000
sends: {}
logs: metadata
claims: all
sentences: []
scenarios:
  - name: alice calls
    site: demo
    steps:
      - {as: alice, call: call, with: {spaceId: $space.id, pageId: $page}}
"""

HEAD = """\
from forgesim.sdk import Resolver, api, kvs, llm, log, route

resolver = Resolver()
handler = resolver.handler


"""

MakeApp = Callable[..., Path]


@pytest.fixture
def make_app(tmp_path: Path) -> MakeApp:
    """Writes a bare app: ``body`` follows the imports and ``resolver``; manifest and trust may be replaced."""

    def make(body: str, *, manifest: str = MANIFEST, trust: str = TRUST, name: str = "bare") -> Path:
        folder = tmp_path / name
        (folder / "src").mkdir(parents=True)
        (folder / "static").mkdir()
        (folder / "static" / "index.html").write_text("<!doctype html><title>bare</title>")
        (folder / "manifest.yml").write_text(manifest)
        (folder / "trust.yml").write_text(trust)
        (folder / "src" / "index.py").write_text(HEAD + body)
        return folder

    return make


@pytest.fixture
def pulse_copy(tmp_path: Path) -> Path:
    """A copy of Pulse that a test may change."""
    folder = tmp_path / "pulse"
    shutil.copytree(ROOT / "apps" / "pulse", folder, ignore=shutil.ignore_patterns("__pycache__", "tests"))
    return folder
