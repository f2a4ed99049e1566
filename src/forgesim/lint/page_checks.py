"""Checks of what pages may do: options that weaken the policy, and what in a page the policy blocks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from forgesim.lint.csp import Csp, content_fault, policy
from forgesim.lint.finding import Finding, Rule
from forgesim.lint.frontend import Page, pages_of
from forgesim.lint.place import Place, covers_place, place_of_address, place_of_url
from forgesim.lint.subject import Subject, part

__all__ = ["RULES", "blocked", "content_values", "policies", "unsafe"]

CONTENT_VALUE: Final = Rule(
    name="csp-content",
    severity="error",
    why="permissions.content takes a few words and hashes of scripts; anything else could end a directive and begin "
    "another, and is left out of the policy.",
    do="write unsafe-inline, unsafe-eval, unsafe-hashes, blob: or sha256-…",
)
UNSAFE_INLINE: Final = Rule(
    name="csp-unsafe-inline",
    severity="warning",
    why="Whatever markup gets into the page may bring its own script or style; inline scripts of index.html are "
    "allowed by their hashes without it.",
    do="move scripts and styles into files, and leave it out",
)
UNSAFE_EVAL: Final = Rule(
    name="csp-unsafe-eval",
    severity="warning",
    why="Text becomes code in the page.",
    do="use a build that does without eval, and leave it out",
)
UNSAFE_HASHES: Final = Rule(
    name="csp-unsafe-hashes",
    severity="warning",
    why="unsafe-hashes and blob: let event handlers and code that the page itself makes run.",
    do="add listeners in a file, and leave it out",
)
BLOCKED: Final = Rule(
    name="csp-blocks",
    severity="warning",
    why="The page holds something that its policy does not let through, so a browser leaves it out.",
    do="move it into a file of the resource, or declare it",
)
RULES: Final = (CONTENT_VALUE, UNSAFE_INLINE, UNSAFE_EVAL, UNSAFE_HASHES, BLOCKED)

_UNSAFE: Final = {
    "unsafe-inline": UNSAFE_INLINE, "unsafe-eval": UNSAFE_EVAL, "unsafe-hashes": UNSAFE_HASHES, "blob:": UNSAFE_HASHES,
}  # fmt: skip


def _content(subject: Subject, kind: str) -> list[Any]:
    found = part(subject.app.manifest.data, "permissions", "content", kind)
    return found if isinstance(found, list) else []


def content_values(subject: Subject) -> Iterator[Finding]:
    for kind in ("scripts", "styles"):
        found = part(subject.app.manifest.data, "permissions", "content", kind)
        if found is not None and not isinstance(found, list):
            line = subject.line("permissions", "content", kind)
            yield subject.in_manifest(CONTENT_VALUE, f"content.{kind} must be a list", line)
        for number, value in enumerate(_content(subject, kind)):
            if (why := content_fault(kind, value)) is not None:
                line = subject.line("permissions", "content", kind, number)
                yield subject.in_manifest(CONTENT_VALUE, f"content.{kind}: {value!r} {why}", line)


def unsafe(subject: Subject) -> Iterator[Finding]:
    for kind in ("scripts", "styles"):
        for number, value in enumerate(_content(subject, kind)):
            if content_fault(kind, value) is None and value in _UNSAFE:
                line = subject.line("permissions", "content", kind, number)
                yield subject.in_manifest(_UNSAFE[value], f"content.{kind} allows {value}", line)


def policies(subject: Subject) -> list[tuple[Page, Csp]]:
    """Every page of the app with its policy."""
    scripts, styles = _content(subject, "scripts"), _content(subject, "styles")
    return [(page, policy(subject.app.manifest.egress, scripts, styles, page.markup)) for page in pages_of(subject.app)]


def blocked(subject: Subject) -> Iterator[Finding]:
    for page, csp in policies(subject):
        scripts, styles = csp.directives["script-src"], csp.directives["style-src"]
        if "'unsafe-inline'" not in styles:
            for line in page.markup.inline_styles:
                what, hint = "the policy blocks this inline style", "move it into a file, or allow content.styles"
                yield subject.in_file(page.file, BLOCKED, what, line, hint)
        if "'unsafe-inline'" not in scripts and "'unsafe-hashes'" not in scripts:
            for line in page.markup.inline_handlers:
                what = "the policy blocks this inline event handler"
                yield subject.in_file(page.file, BLOCKED, what, line, "add the listener in a script file")
        places = [place_of_address(source) for source in scripts]
        for source, line in page.markup.scripts:
            place = place_of_url(f"https:{source}" if source.startswith("//") else source)
            if place is not None and not any(wide is not None and _lets(wide, place) for wide in places):
                what = f"the policy blocks the script {source}"
                yield subject.in_file(page.file, BLOCKED, what, line, "declare it under permissions.external.scripts")


def _lets(wide: Place, place: Place) -> bool:
    path = wide.path in ("/", place.path) or (wide.path.endswith("/") and place.path.startswith(wide.path))
    return path and covers_place(wide, place)
