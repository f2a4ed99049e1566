"""Whatever stands in a manifest, lint says something and fails at nothing."""

from __future__ import annotations

import copy
import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings, strategies as st
from tests.lint.conftest import MANIFEST, SOURCE, write_app

from forgesim.lint.check import inspect
from forgesim.manifest.tree import parse_yaml
from forgesim.report.lint import lint_lines, lint_object
from forgesim.report.models import Linted

RICH = f"""{MANIFEST}
remotes:
  - {{key: own, baseUrl: 'https://a.b', operations: [storage], storage: {{inScopeEUD: true}}, auth: {{}}}}
connectModules: {{}}
providers: {{auth: [{{key: p, name: P, bearerMethod: uri-query, clientId: x}}]}}
"""
BASE: Any = parse_yaml(RICH.encode(), "manifest.yml")[0].data()
BASE["permissions"]["content"] = {"scripts": ["unsafe-eval"], "styles": []}
BASE["permissions"]["external"] |= {"configurable": {"enabled": True}, "images": [{"address": "a.b"}]}
BASE["app"] |= {"licensing": {"enabled": True}, "connect": {"key": "old", "remote": "own"}}
BASE["resources"][0]["entry"] = {"a": "index.html"}
BASE["modules"] |= {
    "webtrigger": [{"key": "w", "function": "resolver", "response": {"type": "static", "outputs": []}}],
    "trigger": [
        {
            "key": "t",
            "function": "resolver",
            "events": ["avi:confluence:updated:page", {"eventType": "avi:x:y:z", "filter": {}}],
        }
    ],
    "endpoint": [{"key": "e", "remote": "own", "auth": {"appUserToken": {"enabled": True}}}],
    "llm": [{"key": "l", "model": ["claude"]}],
}


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, child in items for found in places(child, (*path, key)))]


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=12)
    | st.sampled_from(["*", "../..", "/", "\0", "a.b:x"]),
    lambda of: (
        st.lists(of, max_size=3) | st.dictionaries(st.sampled_from(["key", "address", "x", "path"]), of, max_size=3)
    ),
    max_leaves=4,
)


def put(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    data = copy.deepcopy(data)
    at = data
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return data


@settings(max_examples=150)
@given(st.sampled_from(places(BASE)), JUNK, st.text(max_size=40))
def test_any_value_anywhere_is_told_in_the_published_shape(path: tuple[Any, ...], junk: Any, page: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        text = json.dumps(put(BASE, path, junk))
        app = write_app(Path(folder) / "app", {"manifest.yml": text, "static/index.html": page.replace("\r", "")})
        (older := Path(folder) / "older.yml").write_text(json.dumps(BASE))
        found = inspect(app, against=older)
        shown = Linted.model_validate_json(json.dumps(lint_object(found)), strict=True)
        assert list(lint_lines(found, csp=True))[-1].split(" ")[0] == str(found.errors)
        assert (shown.eligibility is None) is (shown.major is None)
        assert shown.eligibility is not None or found.errors


@given(st.binary(max_size=60))
def test_any_bytes_are_a_manifest_that_is_told_of(raw: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        app = write_app(Path(folder) / "app", {"src/index.py": SOURCE})
        (app / "manifest.yml").write_bytes(raw)
        found = inspect(app)
        assert found.errors
        assert (found.eligibility, found.csp) == (None, ())
