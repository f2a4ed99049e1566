"""What is looked at: an app, the places of values in its manifest, and the calls that its source makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forgesim.errors import InputError
from forgesim.lint.calls import Calls, calls_of
from forgesim.lint.finding import Finding, Rule, Severity
from forgesim.manifest.load import MANIFEST
from forgesim.manifest.model import App
from forgesim.manifest.tree import Node, parse_yaml

__all__ = ["Subject", "maps", "part"]


def part(data: object, *path: str) -> Any:
    """The value under a path of keys; ``None`` where there is none, whatever stands in the way."""
    for name in path:
        data = data.get(name) if isinstance(data, Mapping) else None
    return data


def maps(data: object) -> list[Mapping[str, Any]]:
    """The maps of a list; nothing where it is none."""
    return [item for item in data if isinstance(item, Mapping)] if isinstance(data, list) else []


@dataclass(frozen=True, slots=True)
class Subject:
    """An app that could be loaded. ``tree`` is its manifest with lines, ``calls`` what its Python source calls."""

    app: App
    tree: Node
    calls: Calls

    @classmethod
    def of(cls, app: App) -> Subject:
        """Read the app's manifest again for its lines, and its sources for their calls."""
        try:
            tree, _ = parse_yaml((app.path / MANIFEST).read_bytes(), MANIFEST)
        except (OSError, InputError):  # the file went away or changed since the app was loaded: no lines then
            tree = Node({})
        return cls(app, tree, calls_of(app.sources, _handlers(app)))

    def line(self, *path: str | int) -> int | None:
        """The manifest's line of the value under the path: of the key where its value is a map or list."""
        above = self.tree.at(path[:-1])
        key = above.keys.get(str(path[-1])) if path and isinstance(above.value, dict) else None
        return key[0] if key is not None else self.tree.at(path).line

    def scope_line(self, scope: str) -> int | None:
        """The manifest's line of a scope, in either form of the list."""
        node = self.tree.at(("permissions", "scopes"))
        if isinstance(node.value, dict):
            return self.line("permissions", "scopes", scope)
        items = node.value if isinstance(node.value, list) else []
        return next((item.line for item in items if item.value == scope), node.line)

    def in_manifest(
        self, rule: Rule, what: str, line: int | None, hint: str | None = None, severity: Severity | None = None
    ) -> Finding:
        return self._at(str(self.app.path / MANIFEST), rule, what, line, hint, severity)

    def in_trust(self, rule: Rule, what: str, line: int | None, hint: str | None = None) -> Finding:
        return self._at(str(self.app.trust.path), rule, what, line, hint, None)

    def in_file(
        self,
        name: str,
        rule: Rule,
        what: str,
        line: int | None,
        hint: str | None = None,
        severity: Severity | None = None,
    ) -> Finding:
        """A finding in another file of the app; ``name`` is relative to its folder."""
        return self._at(str(self.app.path / name), rule, what, line, hint, severity)

    def _at(
        self, file: str, rule: Rule, what: str, line: int | None, hint: str | None, severity: Severity | None
    ) -> Finding:
        return Finding(
            rule=rule.name,
            severity=severity or rule.severity,
            what=what,
            file=file,
            line=line,
            hint=hint or rule.do,
        )


def _handlers(app: App) -> frozenset[str]:
    return frozenset(function.handler.rpartition(".")[2] for function in app.manifest.functions.values())
