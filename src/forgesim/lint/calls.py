"""The product and outside calls that the app's Python source makes, as far as they are literal."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final, Literal, cast

from forgesim.lint.literal import HOLE, Choice, Text, keyword, texts
from forgesim.lint.sources import Scope, Site, Sources, sources_of

__all__ = ["HOLE", "Calls", "Fetch", "ProductCall", "calls_of"]

_PRODUCTS: Final = {"request_confluence": "confluence", "request_jira": "jira"}
_OPAQUE: Final = frozenset({"request_graph", "forge_fetch"})
_SDK: Final = ("forgesim.sdk", "forgesim.sdk.product")
_STORAGE: Final = ("forgesim.sdk", "forgesim.sdk.storage")
_MOST: Final = 500
"""Variants of one call that are looked at; a call with more counts as not literal."""

Identity = Literal["user", "named user", "app", "none", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductCall:
    """``path`` as the source writes it, with ``{…}`` where a value goes; ``file`` and ``line`` are where it stands.

    ``by_hand``: a value is joined into the path without ``route`` checking it.
    """

    remote: Literal["confluence", "jira"]
    method: str
    path: str
    identity: Identity
    file: str
    line: int
    by_hand: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """A call of ``api.fetch``; ``url`` has a ``HOLE`` for each part that is not known, always behind the host."""

    url: str
    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """What is literal, and where (file, line) something else is called that cannot be told from the source."""

    products: tuple[ProductCall, ...]
    fetches: tuple[Fetch, ...]
    other_products: tuple[tuple[str, int], ...]
    other_fetches: tuple[tuple[str, int], ...]
    stores: tuple[str, int] | None
    """Where storage is imported first."""
    broken: Mapping[str, tuple[int | None, str]]


def calls_of(files: Mapping[str, str], handlers: frozenset[str] = frozenset()) -> Calls:
    """Look through the files (relative path → text). ``handlers``: names of functions that the platform calls."""
    return _Finder(sources_of(files, handlers)).find()


class _Finder:
    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._products: dict[ProductCall, None] = {}
        self._fetches: dict[Fetch, None] = {}
        self._other_products: dict[tuple[str, int], None] = {}
        self._other_fetches: dict[tuple[str, int], None] = {}

    def find(self) -> Calls:
        for site in self._sources.calls:
            match site.call.func:
                case ast.Attribute(attr=name) if name in _PRODUCTS:
                    self._product(site, name)
                case ast.Attribute(attr="fetch", value=base) if self._is_api(base, site.scope):
                    self._fetch(site)
                case ast.Attribute(attr=name) | ast.Name(id=name) if name in _OPAQUE:
                    self._opaque(site.scope, site.call.lineno)
        self._look_for_more()
        return Calls(
            products=tuple(self._products),
            fetches=tuple(self._fetches),
            other_products=tuple(self._other_products),
            other_fetches=tuple(self._other_fetches),
            stores=self._stores(),
            broken=self._sources.broken,
        )

    def _look_for_more(self) -> None:
        """Places that could call anything: request functions as values, the API handed on, code made at run time."""
        for node, scope in self._sources.attributes:
            if node.attr in _PRODUCTS:
                self._other_products[scope.file, node.lineno] = None
            elif node.attr == "fetch" and self._is_api(node.value, scope):
                self._other_fetches[scope.file, node.lineno] = None
        bases = self._bases()
        for name, scope in self._sources.names:
            if id(name) not in bases and self._is_api(name, scope):
                self._opaque(scope, name.lineno)
        for file, line in self._sources.makes_code:
            self._opaque(Scope(file), line)

    def _opaque(self, scope: Scope, line: int) -> None:
        self._other_products[scope.file, line] = None
        self._other_fetches[scope.file, line] = None

    def _bases(self) -> frozenset[int]:
        """Names that only an attribute is read of."""
        called = (site.call.func for site in self._sources.calls)
        attributes = [node for node, _ in self._sources.attributes] + [
            n for n in called if isinstance(n, ast.Attribute)
        ]
        return frozenset(id(node.value) for node in attributes)

    def _product(self, site: Site, name: str) -> None:
        remote, identity = _PRODUCTS[name], self._identity(cast("ast.Attribute", site.call.func).value, site.scope)
        found = list(islice(self._variants(site), _MOST + 1)) if site.call.args else []
        for text, method in found[:_MOST]:
            if text is None or method is None or _is_vague(text):
                self._other_products[site.scope.file, site.call.lineno] = None
                continue
            call = ProductCall(
                remote=remote,  # type: ignore[arg-type]
                method=method.upper(),
                path=text.value.replace(HOLE, "{value}"),
                identity=identity,
                file=text.file,
                line=text.line,
                by_hand=text.by_hand and HOLE in _path(text.value),
            )
            self._products[call] = None
        if not found or len(found) > _MOST:
            self._other_products[site.scope.file, site.call.lineno] = None

    def _variants(self, site: Site) -> Iterator[tuple[Text | None, str | None]]:
        """Path and method of a call, ``None`` for what is not known."""
        for text, choice in self._first(site):
            for method, _, given in keyword(self._sources, site.call, "method", site.scope, choice):
                yield text, (method.value if method and HOLE not in method.value else None) if given else "GET"

    def _first(self, site: Site) -> Iterator[tuple[Text | None, Choice]]:
        first = site.call.args[0]
        if isinstance(first, ast.Starred):
            yield None, {}
        else:
            yield from texts(self._sources, first, site.scope)

    def _fetch(self, site: Site) -> None:
        found = list(islice(self._first(site), _MOST + 1)) if site.call.args else []
        for text, _ in found[:_MOST]:
            if text is None or not _has_host(text.value):
                self._other_fetches[site.scope.file, site.call.lineno] = None
            else:
                self._fetches[Fetch(url=text.value, file=text.file, line=text.line)] = None
        if not found or len(found) > _MOST:
            self._other_fetches[site.scope.file, site.call.lineno] = None

    def _identity(self, node: ast.expr, scope: Scope) -> Identity:
        match node:
            case ast.Call(func=ast.Attribute(attr="as_app")):
                return "app"
            case ast.Call(func=ast.Attribute(attr="as_user"), args=[], keywords=[]):
                return "user"
            case ast.Call(func=ast.Attribute(attr="as_user")):
                return "named user"
            case _:
                return "none" if self._is_api(node, scope) else "unknown"

    def _is_api(self, node: ast.expr, scope: Scope) -> bool:
        """Whether the expression is the SDK's ``api``, under whatever name it was imported."""
        imports = self._sources.modules[scope.file].imports
        match node:
            case ast.Name(id=name):
                return self._is_imported_api(imports.get(name))
            case ast.Attribute(value=ast.Name(id=name), attr="api"):
                return imports.get(name) in (("forgesim.sdk", ""), ("forgesim", "sdk"))
            case ast.Attribute(value=ast.Attribute(value=ast.Name(id="forgesim"), attr="sdk"), attr="api"):
                return True
            case _:
                return False

    def _is_imported_api(self, found: tuple[str, str] | None, depth: int = 0) -> bool:
        if found is None or found[1] == "":
            return False
        if found[1] == "api" and found[0] in _SDK:
            return True
        other = self._sources.module_named(found[0])
        return other is not None and depth < 8 and self._is_imported_api(other.imports.get(found[1]), depth + 1)

    def _stores(self) -> tuple[str, int] | None:
        for name, scope in self._sources.names:
            if self._sources.modules[scope.file].imports.get(name.id) in [(module, "kvs") for module in _STORAGE]:
                return scope.file, name.lineno
        return None


def _path(text: str) -> str:
    return text.partition("?")[0]


def _is_vague(text: Text) -> bool:
    """Whether a part that is not known is more or less than one whole segment of the path."""
    return any(HOLE in segment and segment != HOLE for segment in _path(text.value).split("/"))


def _has_host(url: str) -> bool:
    """Whether the known beginning of a URL has all of its host."""
    known, hole, _ = url.partition(HOLE)
    return not hole or any(end in known.partition("://")[2] for end in "/?#")
