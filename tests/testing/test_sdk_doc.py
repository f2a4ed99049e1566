"""docs/sdk.md has every name that an app may import, and its example is an app."""

from __future__ import annotations

import re
from typing import Any

import pytest

from forgesim import sdk
from forgesim.manifest.load import load_app
from tests.conftest import MANIFEST, ROOT, TRUST, MakeApp

PAGE = (ROOT / "docs" / "sdk.md").read_text()
WORDS = set(re.findall(r"\w+", PAGE))
FUNCTIONS = [sdk.api, sdk.kvs, sdk.llm, sdk.log, sdk.permissions, sdk.privacy, sdk.app_events, sdk.web_trigger]


def test_every_name_is_on_the_page() -> None:
    assert {name.rstrip("s") for name in sdk.__all__} <= {word.rstrip("s") for word in WORDS}


@pytest.mark.parametrize("thing", FUNCTIONS, ids=lambda thing: type(thing).__name__)
def test_every_function_is_on_the_page(thing: object) -> None:
    assert {name for name in dir(thing) if not name.startswith("_")} <= WORDS


def test_the_example_runs(make_app: MakeApp, forge: Any) -> None:
    manifest = MANIFEST.replace("  function:\n", "  function:\n    - {key: sweep, handler: index.sweep}\n")
    folder = make_app("", manifest=manifest, trust=TRUST.replace("call: call", "call: age"))
    (folder / "src" / "index.py").write_text(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0])
    assert load_app(folder).language == "python"
    app = forge.install(folder)
    found = app.invoke("age", context={"extension": {"content": {"id": "$page"}}})
    assert found["days"] >= 0
    app.invoke("sweep")
    logged = [crossing.decided.body for crossing in forge.ledger.crossings if crossing.decided.channel == "log"]
    assert "are old" in str(logged)
