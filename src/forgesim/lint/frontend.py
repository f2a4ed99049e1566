"""The pages of an app: which HTML files its resources show, and what stands in them that a policy decides on."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

from forgesim.lint.subject import maps
from forgesim.manifest.model import App

__all__ = ["Markup", "Page", "calls_products", "pages_of", "read_markup"]

_LARGEST: Final = 2_000_000
"""Bytes of a file that are looked at; beyond, it counts as one that could hold anything."""
_MOST_FILES: Final = 500
_REQUESTS: Final = (b"requestConfluence", b"requestJira")
_CODE: Final = frozenset({".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx", ".html", ".htm"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Markup:
    """What a page holds: SHA-256 of its inline scripts (base64, in order), lines of what else is inline, and sources of
    scripts elsewhere. ``styles_allowed``: a policy in a meta element asks for inline styles, as old apps do."""

    hashes: tuple[str, ...] = ()
    inline_styles: tuple[int, ...] = ()
    inline_handlers: tuple[int, ...] = ()
    scripts: tuple[tuple[str, int], ...] = ()
    styles_allowed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One HTML file of a Custom UI resource; ``file`` is relative to the app, ``number`` the resource's in its list."""

    resource: str
    number: int
    file: str
    markup: Markup


def read_markup(text: str) -> Markup:
    """Look through HTML. Scripts are hashed as they stand between their tags, as Forge does at upload."""
    reader = _Markup()
    try:
        reader.feed(text)
        reader.close()
    except AssertionError:  # how the parser of the standard library tells of a declaration that it does not know
        pass
    reader.end_page()
    return Markup(
        hashes=tuple(reader.hashes),
        inline_styles=tuple(reader.styles),
        inline_handlers=tuple(reader.handlers),
        scripts=tuple(reader.scripts),
        styles_allowed=reader.styles_allowed,
    )


def pages_of(app: App) -> list[Page]:
    """The pages of every resource that is Custom UI: index.html, or the files of its entries."""
    native = _native_resources(app)
    found: list[Page] = []
    for number, resource in enumerate(maps(app.manifest.data.get("resources"))):
        key, path, entry = str(resource.get("key")), str(resource.get("path")), resource.get("entry")
        names = [str(name) for name in entry.values()] if isinstance(entry, dict) else ["index.html"]
        for name in names if key not in native else ():
            text = _read(app.path, Path(path) / name)
            if text is not None:
                file = (Path(path) / name).as_posix()
                markup = read_markup(text.decode("utf-8-sig", "replace"))
                found.append(Page(resource=key, number=number, file=file, markup=markup))
    return found


def calls_products(app: App) -> bool:
    """Whether a file of the front end names the bridge's product calls, or is too large to look at."""
    for resource in maps(app.manifest.data.get("resources")):
        for count, file in enumerate(_code_under(app.path, str(resource.get("path")))):
            raw = _read(app.path, file)
            if raw is None or count >= _MOST_FILES or any(name in raw for name in _REQUESTS):
                return True
    return False


def _code_under(folder: Path, path: str) -> Iterator[Path]:
    try:
        top = (folder / path).resolve()
        if not top.is_relative_to(folder.resolve()):
            return
        files = sorted(top.rglob("*")) if top.is_dir() else [top]
        yield from (file for file in files if file.suffix in _CODE and file.is_file())
    except (OSError, ValueError, RuntimeError):
        return


def _read(folder: Path, path: Path) -> bytes | None:
    """A file of the app's, ``None`` where it is not there, not the app's, or too large."""
    try:
        file = (folder / path).resolve()
        if not file.is_relative_to(folder.resolve()) or not file.is_file() or file.stat().st_size > _LARGEST:
            return None
        return file.read_bytes()
    except (OSError, ValueError, RuntimeError):
        return None


def _native_resources(app: App) -> frozenset[str]:
    """Resources that modules show as UI Kit: they have no page of their own."""
    return frozenset(
        str(module.data.get("resource")).partition("/")[0]
        for module in app.manifest.modules
        if module.data.get("render") == "native"
    )


class _Markup(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.hashes: list[str] = []
        self.styles: list[int] = []
        self.handlers: list[int] = []
        self.scripts: list[tuple[str, int]] = []
        self.styles_allowed = False
        self._script: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given: dict[str, Any] = dict(reversed(attrs))  # the first of two attributes of one name counts
        line = self.getpos()[0]
        if tag == "script" and "src" in given:
            self.scripts.append((given["src"] or "", line))
        elif tag == "script":
            self._script = []
        if tag == "style" or "style" in given:
            self.styles.append(line)
        if any(name.startswith("on") for name in given):
            self.handlers.append(line)
        if tag == "meta" and (given.get("http-equiv") or "").lower() == "content-security-policy":
            self.styles_allowed |= _allows_styles(given.get("content") or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)  # HTML knows no self-closing script: what follows belongs to it

    def handle_data(self, data: str) -> None:
        if self._script is not None:
            self._script.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self.end_script()

    def end_script(self) -> None:
        """Hash the script that is open."""
        text = "".join(self._script or ())
        self._script = None
        if text:
            digest = hashlib.sha256(text.encode("utf-8", "replace")).digest()
            self.hashes.append(base64.b64encode(digest).decode())

    def end_page(self) -> None:
        """Take what is left as part of a script that does not end."""
        self.handle_data(self.rawdata)
        self.end_script()


def _allows_styles(policy: str) -> bool:
    for directive in policy.split(";"):
        name, *sources = directive.split() or [""]
        if name == "style-src":
            return "'unsafe-inline'" in sources
    return False
