"""Manifests of our own writing, valid as far as our notes on Forge tell, and the app folder that they are laid into."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

__all__ = ["FILES", "Manifest", "examples", "values"]

HERE = Path(__file__).parent
Manifest = dict[str, Any]

SKILL = """\
---
name: tidy
description: Puts the pages of a space in order, and says of each what it has moved and why it did so.
---
Move pages.
"""
FILES: Mapping[str, str] = {
    "src/index.js": "exports.handler = () => 1;\n",
    "src/jobs/other.js": "exports.handler = () => 1;\n",
    "src/front.jsx": "export default null;\n",
    "static/index.html": "<!doctype html><title>front end</title>\n",
    "locales/en-US.json": '{"title": "A title"}\n',
    "locales/de-DE.json": '{"title": "Ein Titel"}\n',
    "skills/tidy/SKILL.md": SKILL,
    "trust.yml": "app: example\n",
}
"""Relative path → text of the app's other files."""

BASE: Manifest = {
    "app": {
        "id": "ari:cloud:ecosystem::app/5f0d7c1e-3c1b-4b4e-9a53-0f2f6f6a1d01",
        "runtime": {"name": "nodejs22.x"},
    },
    "modules": {
        "webtrigger": [{"key": "web", "function": "run"}],
        "function": [{"key": "run", "handler": "index.handler"}],
    },
    "resources": [{"key": "main", "path": "static"}],
    "permissions": {"scopes": ["storage:app"]},
}
ENDPOINT = {"key": "far", "remote": "far"}
REMOTE = {"key": "far", "baseUrl": "https://far.example"}
ROUTED = {**ENDPOINT, "key": "routed", "route": {"path": "/web"}}
THEIRS = {
    "key": "theirs",
    "configurable": {"name": "Theirs", "description": "d", "supportedPatterns": ["https://*.theirs.example"]},
}
ACTION = {"key": "act", "function": "run", "actionVerb": "GET", "description": "Finds"}
AGENT = {"key": "agent", "name": "Finder", "prompt": "Find.", "actions": ["act"]}


def examples() -> Iterator[tuple[str, Manifest]]:
    """Name → manifest: every variant of every module by itself, then the wholes."""
    yield "base", copy.deepcopy(BASE)
    for kind, variants in _read("modules.yml").items():
        for number, module in enumerate(variants):
            yield f"{kind} {number}", _with_module(kind, module)
    for name, parts in _read("wholes.yml").items():
        yield name, _with_parts(parts)


def values() -> Iterator[tuple[str, Manifest]]:
    """Name → the base manifest with one value of ours in one place."""
    for where, found in _read("values.yml").items():
        for value in found:
            made = copy.deepcopy(BASE)
            made["remotes"] = [copy.deepcopy(REMOTE), copy.deepcopy(THEIRS)]
            made["modules"]["endpoint"] = [copy.deepcopy(ENDPOINT), copy.deepcopy(ROUTED)]
            _put(made, where.split("."), value)
            yield f"{where} is {json.dumps(value, ensure_ascii=False)}", made


def _put(above: Any, steps: list[str], value: Any) -> None:
    """Maps and lists on the way are made where they are not there; a number past the end appends."""
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        inner: Any = value if following is None else [] if following.isdigit() else {}
        if isinstance(above, list):
            if int(step) == len(above):
                above.append(inner)
            above = above[int(step)]
        else:
            above[step] = inner if following is None else above.get(step, inner)
            above = above[step]


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(HERE / name)
    return found


def _with_module(kind: str, module: Manifest) -> Manifest:
    made = copy.deepcopy(BASE)
    modules = made["modules"]
    text = str(module)
    if "far" in text:
        made["remotes"] = [copy.deepcopy(REMOTE)]
    if "'endpoint': 'far'" in text:
        modules["endpoint"] = [copy.deepcopy(ENDPOINT)]
    if "'act'" in text:
        modules["action"] = [copy.deepcopy(ACTION)]
    if "front" in text:
        made["resources"] = [{"key": "front", "path": "src/front.jsx"}]
    if "'wide'" in text:
        modules["jira:globalPage"] = [{"key": "wide", "title": "T", "resource": "main"}]
    if kind == "bitbucket:mergeCheck":
        made["permissions"] = {"scopes": ["read:pullrequest:bitbucket"]}
    if kind == "function":
        modules["webtrigger"][0]["function"] = "own"
        module = {**module, "key": "own"}
    modules.setdefault(kind, []).append(copy.deepcopy(module))
    return made


def _with_parts(parts: Manifest) -> Manifest:
    made = copy.deepcopy(BASE)
    for name, part in parts.items():
        if name in ("app", "modules"):
            made[name].update(part)
        else:
            made[name] = part
    return made
