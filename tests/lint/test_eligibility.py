"""Runs on Atlassian: each requirement by what stands against it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.lint.cases import ENTRY, FETCH, FUNCTION, PERMISSIONS, RESOURCES, entry, images, remote
from tests.lint.conftest import FILES, write_app

from forgesim.lint.check import inspect
from forgesim.lint.eligibility import Eligibility

CONNECT = "  connect: {key: old, remote: r}\nconnectModules: {'jira:x': []}"
TRIGGER = "  webtrigger:\n    - {key: w, function: resolver"


def of(folder: Path, old: str = "", new: str = "") -> Eligibility:
    manifest = FILES["manifest.yml"].replace(old, new) if old else FILES["manifest.yml"]
    found = inspect(write_app(folder, {"manifest.yml": manifest})).eligibility
    assert found is not None
    return found


AGAINST = {
    "a remote": (RESOURCES, remote("baseUrl: 'https://a.b', operations: [compute]"), "no-remotes", 16),
    "Connect modules": (PERMISSIONS, f"{CONNECT}\n{PERMISSIONS}", "no-connect-modules", 5),
    "a host": (ENTRY, entry("a.b"), "no-egress", 10),
    "a picture": (FETCH, images("a.b"), "no-egress", 7),
    "analytics with end-user data": ("inScopeEUD: false", "inScopeEUD: true", "no-egress", 9),
    "analytics that says nothing": (", inScopeEUD: false", "", "no-egress", 9),
    "egress of the customer's": (FETCH, f"    configurable: {{enabled: true}}\n{FETCH}", "no-customer-egress", 7),
    "a web trigger": (FUNCTION, f"{TRIGGER}}}\n{FUNCTION}", "static-web-triggers", 14),
    "SQL": (FUNCTION, f"  sql:\n    - {{key: s, engine: mysql}}\n{FUNCTION}", "no-preview-sql", 14),
}
FOR = {
    "the tidy app": ("", ""),
    "a link": (FETCH, f"    navigation: [{{address: a.b}}]\n{FETCH}"),
    "a static web trigger": (FUNCTION, f"{TRIGGER}, response: {{type: static, outputs: []}}}}\n{FUNCTION}"),
    "Forge LLM": (FUNCTION, f"  llm:\n    - {{key: l, model: [claude]}}\n{FUNCTION}"),
    "no egress of the customer's": (FETCH, f"    configurable: {{enabled: false}}\n{FETCH}"),
}


@pytest.mark.parametrize(("old", "new", "name", "line"), AGAINST.values(), ids=AGAINST.keys())
def test_what_stands_against_it(tmp_path: Path, old: str, new: str, name: str, line: int) -> None:
    found = of(tmp_path, old, new)
    assert [(each.name, each.line) for each in found.reasons if each.met is False] == [(name, line)]
    assert not found.eligible


@pytest.mark.parametrize(("old", "new"), FOR.values(), ids=FOR.keys())
def test_what_does_not_stand_against_it(tmp_path: Path, old: str, new: str) -> None:
    found = of(tmp_path, old, new)
    assert found.eligible
    assert [each.name for each in found.reasons if each.met is None] == ["no-exposed-credentials"]
    assert {each.name for each in found.reasons if each.met} == {name for _, _, name, _ in AGAINST.values()}
