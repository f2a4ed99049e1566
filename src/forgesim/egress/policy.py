"""Which external URLs an installation's code may reach.

A URL is parsed once, as browsers and Node.js parse it (WHATWG), and the request goes to the very host that
was matched. Blanks around it, tabs, line breaks, backslashes, upper case, percent escapes, international
names, the default port and a final dot are brought to one form by that parse, and judged in that form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

from forgesim import weburl
from forgesim.decision import Decision, allow, deny
from forgesim.egress.address import is_odd_host, is_private_name, literal_address, private_reason
from forgesim.egress.limits import HTTPS_PORT, PORTS

if TYPE_CHECKING:
    from forgesim.manifest.model import EgressEntry

__all__ = ["Policy", "Rule", "Target", "joined", "parse_target"]

Rule = Literal[
    "declared", "bad-url", "not-https", "userinfo", "private-address", "ip-literal", "odd-host", "undeclared",
    "analytics-off", "port",
]  # fmt: skip
"""The rules that a decision can name."""

_SCHEMES = {"https:": "https", "wss:": "wss"}
_CHUNK = 200


class Target(msgspec.Struct, frozen=True):
    """A URL in its one form: where to connect (``host``, ``port``) and what to ask for. No fragment, no
    userinfo.

    ``host`` is lower-case ASCII without a final dot, an IPv6 address in brackets; ``query`` has no question
    mark.
    """

    href: str
    scheme: str
    host: str
    port: int
    path: str
    query: str


def parse_target(url: str) -> Target | Decision:
    """The target that a URL names, or the denial that needs no list: ``bad-url``, ``not-https``,
    ``userinfo``, ``private-address``, ``odd-host``. Schemes are https, and wss for the list to judge."""
    try:
        parsed = weburl.parse(url)
    except ValueError as error:
        return deny("bad-url", f"{_short(url)} {error}")
    scheme = _SCHEMES.get(parsed.protocol)
    if scheme is None:
        return deny("not-https", f"only https leaves the platform, not {_short(parsed.protocol)}")
    if parsed.has_credentials():
        return deny("userinfo", f"a user or password is refused (the host would be {_short(parsed.hostname)})")
    host: str = parsed.hostname.removesuffix(".")
    address = literal_address(host)
    if address is None:
        if is_odd_host(host):
            return deny("odd-host", f"{_short(host)} is not a plain host name")
        if is_private_name(host):
            return deny("private-address", f"{host} is a name of private networks")
    elif reason := private_reason(address):
        return deny("private-address", reason)
    port, path, search = parsed.port, parsed.pathname, parsed.search
    authority = f"{host}:{port}" if port else host
    href = f"{scheme}://{authority}{path}{search}"
    return Target(href, scheme, host, int(port) if port else HTTPS_PORT, path, search[1:])


def joined(url: str, location: str) -> str:
    """Where a redirect of ``url`` leads: the next URL to decide on, like any other. The parser that the
    policy reads with joins the two, so that a host is read once and the same way on either road. What it
    cannot join is handed back as it is."""
    try:
        return weburl.join(url, location)
    except ValueError:
        return location


def _short(url: object) -> str:
    text = repr(url)
    return text if len(text) <= _CHUNK else text[:_CHUNK] + "…"


class _Grant(msgspec.Struct, frozen=True):
    """What one entry allows: ``live`` is false for analytics while that is switched off."""

    address: str
    scheme: str
    port: int
    live: bool


class Policy:
    """The consented list of one installation. Only ``fetch.backend`` entries count, and of an entry only
    its scheme, host and port: paths are ignored, as on Forge.

    An address is ``*`` (any public host name), ``*.x.com`` (any depth below x.com, not x.com itself) or a
    host; with ``https://`` before it or without, or with ``wss://``. Without a port it means 443.
    ``ignored`` has the addresses that say nothing of that kind, and they allow nothing.
    """

    __slots__ = ("_any", "_below", "_exact", "ignored")

    def __init__(self, entries: Iterable[EgressEntry], analytics: bool) -> None:
        self._exact: dict[str, list[_Grant]] = {}
        self._below: dict[str, list[_Grant]] = {}
        self._any: list[_Grant] = []
        backend = [entry for entry in entries if entry.kind == "fetch.backend"]
        live = [analytics or (entry.category or "").lower() != "analytics" for entry in backend]
        self.ignored = tuple(
            entry.address
            for entry, is_live in zip(backend, live, strict=True)
            if not self._grant(entry.address, is_live)
        )

    def decide(self, url: str) -> tuple[Decision, Target | None]:
        """Decide one request; the target comes with an allowance only.

        In this order: ``bad-url`` (no absolute URL, or too long before its path) · ``not-https`` (neither
        https nor wss) · ``userinfo`` · for a name ``odd-host``, for a name or an address
        ``private-address`` · ``undeclared``, said as ``ip-literal`` for an address, which only its own
        entry allows · ``not-https`` (wss to a host that is declared without it) · ``analytics-off``
        (declared for analytics alone, which the administrator has switched off) · ``port`` (declared, but
        not with this port, or a port that Forge lets nobody reach) · ``declared``.
        """
        target = parse_target(url)
        if isinstance(target, Decision):
            return target, None
        granted = self._granted(target.host)
        if target.port in PORTS:
            for grant in granted:
                if grant.live and grant.port == target.port and grant.scheme == target.scheme:
                    return allow("declared", grant.address), target
        return _refused(target, granted), None

    def _grant(self, address: str, is_live: bool) -> bool:
        """Add what an address allows; False where it says nothing."""
        if address == "*":
            self._any.append(_Grant(address, "https", HTTPS_PORT, is_live))
            return True
        scheme, _, rest = address.rpartition("://")
        below = rest.startswith("*.")
        if scheme.lower() not in ("", "https", "wss") or _ADDRESS.fullmatch(rest) is None:
            return False
        # A wildcard is read with a label in its place, for *.com is an address and com alone is no public name.
        target = parse_target(f"{scheme or 'https'}://{'w' + rest[1:] if below else rest}")
        if isinstance(target, Decision):
            return False
        host = target.host.removeprefix("w.") if below else target.host
        grant = _Grant(address, target.scheme, target.port, is_live)
        (self._below if below else self._exact).setdefault(host, []).append(grant)
        return True

    def _granted(self, host: str) -> Sequence[_Grant]:
        """The grants that cover a host: its own, those of the names it is under, and those for any name."""
        own: Sequence[_Grant] = self._exact.get(host, ())
        if not (self._below or self._any) or literal_address(host):
            return own
        found = [*own, *self._any]
        dot = host.find(".")
        while dot >= 0:
            found += self._below.get(host[dot + 1 :], ())
            dot = host.find(".", dot + 1)
        return found


_ADDRESS = re.compile(r"(?:\*\.)?[.a-zA-Z0-9_\-/:~#%]+")
"""An address without its scheme (Forge documentation, "Permissions", August 2026)."""


def _refused(target: Target, granted: Sequence[_Grant]) -> Decision:
    """Why the grants that cover a host do not let this target through."""
    host, scheme = target.host, target.scheme
    if not granted:
        if literal_address(host):
            return deny("ip-literal", f"the address {host} is not declared as it is")
        return deny("undeclared", f"{host} is not declared")
    of_scheme = [grant for grant in granted if grant.scheme == scheme]
    if not of_scheme:
        return deny("not-https" if scheme == "wss" else "undeclared", f"{host} is not declared for {scheme}")
    if not any(grant.live for grant in of_scheme):
        return deny("analytics-off", f"{host} is for analytics, which is switched off")
    return deny("port", f"{host} is not declared with a usable port {target.port}")
