"""What forces a major version, change by change, and what does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.lint.cases import ENTRY, FETCH, FUNCTION, PERMISSIONS, RESOURCES, SCOPES, content, entry, images
from tests.lint.conftest import MANIFEST, write_app

from forgesim.errors import InputError
from forgesim.lint.check import inspect

LINE, EUD = "category: analytics, ", ", inScopeEUD: false"


def trigger(kind: str, key: str = "w") -> str:
    outputs = ", outputs: []" if kind == "static" else ""
    return f"  webtrigger:\n    - {{key: {key}, function: resolver, response: {{type: {kind}{outputs}}}}}\n{FUNCTION}"


def remote(more: str) -> str:
    return f"remotes:\n  - {{key: r, {more}}}\n{RESOURCES}"


def endpoint(auth: str) -> str:
    """An endpoint of the remote, on line 14."""
    return f"  endpoint:\n    - {{key: e, remote: r{auth}}}\n{FUNCTION}"


def provider(client: str) -> str:
    how = f"type: oauth2, bearerMethod: authorization-header, clientId: {client}"
    return f"providers: {{auth: [{{key: p, name: P, {how}}}]}}\n{RESOURCES}"


def licensed(enabled: str) -> str:
    return f"  licensing: {{enabled: {enabled}}}\npermissions:\n"


def service(name: str) -> str:
    return f"  {name}\n{FUNCTION}"


USER = ", auth: {appUserToken: {enabled: true}}"
CUSTOM = "{name: n, description: d}"
A, TWO = "baseUrl: 'https://a.b'", '[read:page:confluence, read:space:confluence, "storage:app"]'
REMOTE_LINE = 16
MAJOR = {
    "a scope more": (SCOPES, SCOPES, TWO, [("scope-added", 5)]),
    "a scope less": (SCOPES, TWO, SCOPES, [("scope-removed", None)]),
    "a scope for another": (SCOPES, SCOPES, '[read:space:confluence, "storage:app"]',
                            [("scope-added", 5), ("scope-removed", None)]),
    "an option of scripts": (PERMISSIONS, PERMISSIONS, content("scripts", "unsafe-eval"), [("content-added", 5)]),
    "another option": (PERMISSIONS, content("scripts", "unsafe-eval"), content("scripts", "unsafe-inline"),
                       [("content-added", 5)]),
    "an address more": (ENTRY, ENTRY, entry("a.b"), [("egress-added", 10)]),
    "an address of another kind": (FETCH, FETCH, images("us.i.posthog.com"), [("egress-added", 7)]),
    "another address": ("us.i.", "us.i.", "eu.i.", [("egress-added", 9)]),
    "a category": (LINE, "", LINE, [("egress-category", 9)]),
    "end-user data for the first time": (EUD, EUD, "", [("end-user-data", 9)]),
    "the first dynamic web trigger": (FUNCTION, FUNCTION, trigger("dynamic"), [("webtrigger-dynamic", 14)]),
    "a static web trigger that is dynamic": (FUNCTION, trigger("static"), trigger("dynamic"),
                                             [("webtrigger-dynamic", 14)]),
    "licensing": (PERMISSIONS, licensed("false"), licensed("true"), [("licensing-enabled", 4)]),
    "a provider more": (RESOURCES, RESOURCES, provider("x"), [("provider-added", 15)]),
    "a provider less": (RESOURCES, provider("x"), RESOURCES, [("provider-removed", None)]),
    "another client": (RESOURCES, provider("x"), provider("y"), [("provider-client", 15)]),
    "a remote more": (RESOURCES, RESOURCES, remote(A), [("remote-added", 16)]),
    "a remote elsewhere": (RESOURCES, remote(A), remote("baseUrl: 'https://c.d'"), [("remote-address", 16)]),
    "a remote with regions": (RESOURCES, remote(A), remote("baseUrl: {default: 'https://a.b', EU: 'https://e.b'}"),
                              [("remote-address", 16)]),
    "a remote that stores end-user data": (RESOURCES, remote(f"{A}, storage: {{inScopeEUD: false}}"),
                                           remote(f"{A}, storage: {{inScopeEUD: true}}"),
                                           [("remote-end-user-data", 16)]),
    "a remote that the customer configures": (RESOURCES, remote(A), remote(f"{A}, configurable: {CUSTOM}"),
                                              [("remote-configurable", 16)]),
    "egress of the customer's": (FETCH, FETCH, f"    configurable: {{enabled: true}}\n{FETCH}",
                                 [("configurable-enabled", 7)]),
    "SQL": (FUNCTION, FUNCTION, service("sql: [{key: s, engine: mysql}]"), [("service-added", 13)]),
    "an object store": (FUNCTION, FUNCTION, service("objectStore: [{key: s, storageClass: standard}]"),
                        [("service-added", 13)]),
    "Forge LLM": (FUNCTION, FUNCTION, service("llm: [{key: s, model: [claude]}]"), [("service-added", 13)]),
}  # fmt: skip
MINOR = {
    "nothing": (SCOPES, SCOPES, SCOPES),
    "an address less": (ENTRY, entry("a.b"), ENTRY),
    "a category less": (LINE, LINE, ""),
    "no end-user data any more": (EUD, "", EUD),
    "end-user data where there is some": (ENTRY, entry("a.b"), entry("a.b").replace(EUD, "")),
    "an option less": (PERMISSIONS, content("scripts", "unsafe-eval"), PERMISSIONS),
    "a static web trigger": (FUNCTION, FUNCTION, trigger("static")),
    "a second dynamic web trigger": (FUNCTION, trigger("dynamic"), trigger("dynamic") .replace(
        f"\n{FUNCTION}", f"\n    - {{key: v, function: resolver}}\n{FUNCTION}")),
    "another runtime": ("nodejs22.x", "nodejs20.x", "nodejs22.x"),
    "a remote less": (RESOURCES, remote(A), RESOURCES),
    "no licensing any more": (PERMISSIONS, licensed("true"), licensed("false")),
    "the same remote": (RESOURCES, remote(A), remote(A)),
    "a link": ("title: P", "title: P", "title: Q"),
}  # fmt: skip


def compared(folder: Path, old: str, before: str, after: str) -> list[tuple[str, int | None]]:
    older = folder / "older.yml"
    older.write_text(MANIFEST.replace(old, before))
    app = write_app(folder / "app", {"manifest.yml": MANIFEST.replace(old, after)})
    found = inspect(app, against=older).major
    assert found is not None
    assert found.version == ("major" if found.changes else "minor")
    return [(change.name, change.line) for change in found.changes]


@pytest.mark.parametrize(("old", "before", "after", "changes"), MAJOR.values(), ids=MAJOR.keys())
def test_what_forces_a_major_version(
    tmp_path: Path, old: str, before: str, after: str, changes: list[tuple[str, int | None]]
) -> None:
    assert compared(tmp_path, old, before, after) == changes


@pytest.mark.parametrize(("old", "before", "after"), MINOR.values(), ids=MINOR.keys())
def test_what_stays_minor(tmp_path: Path, old: str, before: str, after: str) -> None:
    assert compared(tmp_path, old, before, after) == []


@pytest.mark.parametrize(("before", "after", "changes"), [("", USER, [("endpoint-auth", 14)]), (USER, USER, [])])
def test_an_endpoint_s_tokens_force_one(tmp_path: Path, before: str, after: str, changes: list[object]) -> None:
    text = MANIFEST.replace(RESOURCES, remote(A))
    older = tmp_path / "older"
    older.mkdir()
    (older / "manifest.yml").write_text(text.replace(FUNCTION, endpoint(before)))
    app = write_app(tmp_path / "app", {"manifest.yml": text.replace(FUNCTION, endpoint(after))})
    found = inspect(app, against=older).major
    assert found is not None
    assert [(change.name, change.line) for change in found.changes] == changes


def test_an_older_manifest_that_cannot_be_loaded_is_bad_input(app: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        inspect(app, against=app / "none.yml")


def test_an_older_manifest_that_forge_refuses_today_is_compared_anyway(app: Path) -> None:
    older = app / "older.yml"
    older.write_text(MANIFEST.replace(SCOPES, "").replace(ENTRY, ""))
    with pytest.raises(InputError, match="must be a list"):
        inspect(app, against=older)
    found = inspect(app, against=older, anyway=True).major
    assert found is not None
    assert [change.name for change in found.changes] == ["scope-added", "scope-added", "egress-added"]


def test_without_an_older_manifest_nothing_is_said(app: Path) -> None:
    assert inspect(app).major is None
