"""Asks a site's products as somebody, and reads what comes back."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.products.rights.oracle import visible

from forgesim.products.confluence.service import ROUTES as CONFLUENCE, Confluence
from forgesim.products.jira.routes import ROUTES as JIRA
from forgesim.products.jira.service import Jira
from forgesim.scopes.table import find, normalise
from forgesim.site.access import APP_ACCOUNT
from forgesim.site.model import Site

__all__ = ["MISSING", "Answered", "Form", "Probe", "Seen", "ask_as", "emulated", "is_read", "pages_of"]

MISSING = "987654321"
"""An id that nothing has."""

_TOKEN = re.compile(r'(?:cursor=|"nextPageToken":\s*")([A-Za-z0-9_-]+)')


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...]
    reads: tuple[str, ...]
    unsupported: str | None

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """Everything that the answer says: body, headers, and what its cursors hold."""
        said = self.body.decode("latin-1") + "".join(f"\n{name}: {value}" for name, value in self.headers)
        return said + "".join("\n" + _decoded(each) for each in _TOKEN.findall(said))


def _decoded(token: str) -> str:
    return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode("latin-1")


@dataclass(frozen=True, slots=True)
class Form:
    """A body that is one file of that name, as a browser would send it."""

    name: str
    data: bytes = b"new"

    def sent(self) -> tuple[bytes, tuple[tuple[str, str], ...]]:
        """Body and headers."""
        disposition = f'Content-Disposition: form-data; name="file"; filename="{self.name}"'
        minor = b'Content-Disposition: form-data; name="minorEdit"\r\n\r\ntrue'
        parts = (f"{disposition}\r\nContent-Type: text/plain\r\n\r\n".encode() + self.data, minor)
        body = b"".join(b"--b0\r\n" + part + b"\r\n" for part in parts) + b"--b0--\r\n"
        return body, (("Content-Type", "multipart/form-data; boundary=b0"), ("X-Atlassian-Token", "no-check"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One way to call an operation. ``about``: the ref whose visibility decides, or ``may``, where that is a permission
    and no ref: the viewer may; ``missing``: the same call about a
    thing that does not exist, as path and body. ``hidden``: the documented status where it is hidden. ``expect``: what
    all pages together list, read by ``items``; ``total``: the count that the answer has, read by
    ``count``. ``besides``: refs that it may show though they are not the viewer's to see elsewhere."""

    path: str
    body: object = None
    about: str | None = None
    found: bool = True
    hidden: int = 404
    missing: tuple[str, object] | None = None
    items: Callable[[Any], list[str]] | None = None
    expect: frozenset[str] | None = None
    count: Callable[[Any], int] | None = None
    total: int = 0
    may: bool | None = None
    besides: frozenset[str] = frozenset()


@dataclass(slots=True)
class Seen:
    """A site with what one viewer sees of it. ``most``: of each kind of thing so many are asked about, hidden ones
    first."""

    site: Site
    viewer: str | None
    most: int = 10_000
    refs: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.refs = visible(self.site, self.viewer)

    def some(self, kind: str, ids: list[str]) -> list[str]:
        hidden = [each for each in ids if f"{kind}/{each}" not in self.refs]
        shown = [each for each in ids if f"{kind}/{each}" in self.refs]
        half = self.most // 2
        return hidden[:half] + shown[:: max(1, len(shown) // max(1, half))]

    def only(self, kind: str, ids: list[str]) -> frozenset[str]:
        """Refs of those that are visible."""
        return frozenset(f"{kind}/{each}" for each in ids) & self.refs


def emulated() -> list[str]:
    """The names of all emulated operations, of both products."""
    return [*CONFLUENCE, *JIRA]


def is_read(name: str) -> bool:
    method, _, path = name.partition(" ")
    match = find("confluence" if path.startswith("/wiki/") else "jira", method, re.sub(r"{[^}]*}", "1", path))
    assert match is not None, name
    return not match.operation.writes


def ask_as(site: Site, viewer: str | None) -> Callable[[str, str, object], Answered]:
    """``ask(method, path, body)`` at the site's start, as ``viewer``, through the services alone."""
    confluence, jira = Confluence(site), Jira(site)

    def ask(method: str, path: str, body: object = None) -> Answered:
        clean, query = normalise(path)
        match = find("confluence" if clean.startswith("/wiki/") else "jira", method, clean)
        assert match is not None, f"{method} {path} is in no table"
        plain = b"" if body is None or isinstance(body, Form) else json.dumps(body).encode()
        raw, headers = body.sent() if isinstance(body, Form) else (plain, ())
        told: Any = {"account": viewer, "now_ms": site.clock_ms, "headers": headers}
        if clean.startswith("/wiki/"):
            told["as_app"] = viewer == APP_ACCOUNT
        service: Any = confluence if clean.startswith("/wiki/") else jira
        got = service.perform(match.operation, match.params, query, raw, **told)
        return Answered(got.answer.status, got.answer.body, tuple(got.answer.headers), got.reads, got.unsupported)

    return ask


def pages_of(ask: Callable[[str, str, object], Answered], method: str, probe: Probe) -> Iterator[Answered]:
    """The answer, and what its links and tokens lead on to."""
    path, body = probe.path, probe.body
    for _ in range(500):
        got = ask(method, path, body)
        yield got
        after = _after(got, path, body) if got.status == 200 and probe.items is not None else None
        if after is None:
            return
        path, body = after
    raise AssertionError(f"{method} {probe.path} never ends")


def _after(got: Answered, path: str, body: object) -> tuple[str, object] | None:
    said = got.json
    if not isinstance(said, dict):
        return None
    if (following := said.get("_links", {}).get("next")) is not None:
        return (following if following.startswith("/wiki/") else f"/wiki{following}"), body
    sign = "&" if "?" in path else "?"
    if token := said.get("nextPageToken"):
        if isinstance(body, dict):
            return path, body | {"nextPageToken": token}
        return re.sub(r"[?&]nextPageToken=[^&]*", "", path) + f"{sign}nextPageToken={token}", body
    start, size = said.get("startAt"), said.get("maxResults")
    if isinstance(start, int) and size and said.get("total", 0) > start + size:
        return re.sub(r"[?&]startAt=[0-9]+", "", path) + f"{sign}startAt={start + size}", body
    return None
