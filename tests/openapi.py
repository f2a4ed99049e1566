"""The OpenAPI documents that the scope table and the emulated answers are checked against. For tests alone.

Two packages of the ``test`` extra carry them unmodified. Each has a manifest with the SHA-256 of its documents; the
packages' code is never imported.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

__all__ = ["Document", "Documented", "Json", "digest", "documented", "documents", "manifest_of"]

Json = dict[str, Any]

# file, its package, the table made of it, what stands before its paths
_FILES = (
    ("confluence-openapi-v2.json", "confluence_as", "confluence-v2", "/wiki/api/v2"),
    ("confluence-swagger-v1.json", "confluence_as", "confluence-v1", ""),
    ("jira-platform-swagger-v3.json", "jira_as", "jira", ""),
    ("jira-software-swagger-v3.json", "jira_as", "jira-software", ""),
    ("jira-servicedesk-swagger-v3.json", "jira_as", "jira-service-management", ""),
)
_METHODS = ("get", "put", "post", "delete", "patch")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Document:
    """One document: ``product`` names the table that was made of it, ``prefix`` stands before its paths."""

    path: Path
    product: str
    prefix: str
    contents: Json

    @property
    def uri(self) -> str:
        return f"urn:openapi:{self.product}"

    def follow(self, node: Json) -> Json:
        """The node itself, or the one that it refers to."""
        while "$ref" in node:
            found: Any = self.contents
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part.replace("~1", "/").replace("~0", "~")]
            node = found
        return node


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Documented:
    """One operation as its document has it. ``pointer`` leads to it in the document."""

    document: Document
    name: str
    raw: Json
    pointer: tuple[str, ...]
    parameters: Sequence[Json]

    def of(self, where: str) -> list[Json]:
        """The parameters that stand in ``path``, ``query`` or ``header``, their schemas followed."""
        found = [each for each in self.parameters if each["in"] == where]
        return [{**each, "schema": self.document.follow(each.get("schema", {}))} for each in found]


@cache
def documents() -> tuple[Document, ...]:
    return tuple(
        Document(path=path, product=product, prefix=prefix, contents=json.loads(path.read_bytes()))
        for file, package, product, prefix in _FILES
        if (path := _specs(package) / file)
    )


@cache
def documented() -> Mapping[str, Documented]:
    """Every operation of the documents by the name that the tables give it."""
    return {each.name: each for document in documents() for each in _operations(document)}


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def manifest_of(document: Document) -> Json:
    """What the package's own manifest says of the document."""
    listed = json.loads((document.path.parent / "manifest.json").read_bytes())["documents"]
    return next(dict(each) for each in listed if each["file"] == document.path.name)


def _operations(document: Document) -> Iterator[Documented]:
    for path, item in document.contents["paths"].items():
        for method in _METHODS:
            if method not in item:
                continue
            both = [*item.get("parameters", ()), *item[method].get("parameters", ())]
            yield Documented(
                document=document,
                name=f"{method.upper()} {document.prefix}{path}",
                raw=item[method],
                pointer=("paths", path, method),
                parameters=[document.follow(each) for each in both],
            )


def _specs(package: str) -> Path:
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise LookupError(f"{package} is not installed: install forgesim[test]")
    return Path(found.submodule_search_locations[0]) / "specs"
