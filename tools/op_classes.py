"""The reviewed classes of operations: reads op_classes.txt, where their meaning is told."""

from __future__ import annotations

import re
import sys

CLASSES = ("content", "app-data", "configuration", "user", "query")


class ClassRules:
    """The lines of ``op_classes.txt``; the first that fits decides."""

    ROOTS = (
        ("$", "/wiki/rest/api"),
        ("~", "/wiki/api/v2"),
        ("@", "/rest/api/3"),
        ("%", "/rest/agile/1.0"),
        ("^", "/rest/servicedeskapi"),
    )

    def __init__(self, text: str) -> None:
        lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
        self._rules = [(line, *self._parse(line)) for line in lines]
        self._used: set[str] = set()

    def _parse(self, line: str) -> tuple[str, frozenset[str], re.Pattern[str]]:
        name, methods, path = line.split()
        if name not in CLASSES:
            sys.exit(f"op_classes.txt: no class {name!r}")
        for mark, root in self.ROOTS:
            path = path.replace(mark, root, 1) if path.startswith(mark) else path
        whole = path.endswith("**")
        body = re.escape(path.removesuffix("**").rstrip("/")).replace(r"\*", "[^/]+")
        rest = "" if not whole else "/.+" if path.endswith("/**") else "(?:/.+)?"
        return name, frozenset(methods.split("|")), re.compile(body + rest)

    def of(self, method: str, path: str, flag: str) -> str:
        for line, name, methods, pattern in self._rules:
            if not methods.isdisjoint((method, flag.upper())) and pattern.fullmatch(path):
                self._used.add(line)
                return name
        sys.exit(f"op_classes.txt has no line for {flag.upper()} {method} {path}")

    def unused(self) -> list[str]:
        return [line for line, *_ in self._rules if line not in self._used]
