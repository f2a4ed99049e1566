"""``permissions``: what the administrator of this site has consented to, as the app may ask before it tries.

Read from the app context alone; nothing is asked of the platform. Which address covers a URL is what Forge's own egress
filter says: the host as it is written, ``*.example.com`` for any depth under it and never for itself. What the platform
does with a request is stricter, and decided there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal
from urllib.parse import unquote

from forgesim.sdk.fetch import transport

__all__ = ["Permissions", "permissions"]

_RESOURCES = ("fonts", "frames", "images", "media", "navigation", "scripts", "styles")
_SIDES = ("backend", "client")


class Permissions:
    """What ``@forge/api`` offers under this name."""

    __slots__ = ()

    def has_permission(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Whether all of ``{"scopes": […], "external": {"fetch": {"backend": […]}, "images": […]}}`` is granted:
        ``{"granted": True}``, else with ``missing`` in the same form.

        Raises ValueError for another key, TypeError for what is no list.
        """
        _known(wanted, ("scopes", "external"))
        missing: dict[str, Any] = {}
        if lacking := [scope for scope in _texts(wanted, "scopes") if not self.has_scope(scope)]:
            missing["scopes"] = lacking
        if external := self._missing_external(wanted.get("external") or {}):
            missing["external"] = external
        return {"granted": False, "missing": missing} if missing else {"granted": True}

    def has_scope(self, scope: str) -> bool:
        """Whether the scope is granted."""
        return scope in _granted().get("scopes", ())

    def can_fetch_from(self, side: Literal["backend", "client"], url: str) -> bool:
        """Whether the back end or the front end may fetch the URL. Raises ValueError for another side."""
        if side not in _SIDES:
            raise ValueError(f"a fetch is made from {' or '.join(_SIDES)}, not from {side!r}")
        return _covered(_declared("fetch", side), url, by_path=side == "client")

    def can_load_resource(self, kind: str, url: str) -> bool:
        """Whether a page of the app may load the URL as this: images, fonts, … Raises ValueError for another kind."""
        if kind not in _RESOURCES:
            raise ValueError(f"a resource is one of {', '.join(_RESOURCES)}, not {kind!r}")
        return _covered(_declared(kind), url, by_path=True)

    def _missing_external(self, external: Mapping[str, Any]) -> dict[str, Any]:
        _known(external, ("fetch", *_RESOURCES))
        fetch: Mapping[str, Any] = external.get("fetch") or {}
        _known(fetch, _SIDES)
        sides = {"backend": self._fetches("backend"), "client": self._fetches("client")}
        found: dict[str, Any] = {}
        if lacking := _lacking(fetch, sides):
            found["fetch"] = lacking
        return found | _lacking(external, {kind: self._loads(kind) for kind in _RESOURCES})

    def _fetches(self, side: Literal["backend", "client"]) -> Callable[[str], bool]:
        return lambda url: self.can_fetch_from(side, url)

    def _loads(self, kind: str) -> Callable[[str], bool]:
        return lambda url: self.can_load_resource(kind, url)


permissions = Permissions()


def _lacking(wanted: Mapping[str, Any], may: Mapping[str, Callable[[str], bool]]) -> dict[str, list[str]]:
    """By name, the URLs that may not be had; names without such a URL are left out."""
    found = {name: [url for url in _texts(wanted, name) if not ask(url)] for name, ask in may.items()}
    return {name: urls for name, urls in found.items() if urls}


def _granted() -> Mapping[str, Any]:
    granted: Mapping[str, Any] = transport().app_context().get("permissions") or {}
    return granted


def _declared(*path: str) -> Sequence[str]:
    found: Any = _granted().get("external") or {}
    for name in path:
        found = found.get(name) or {} if isinstance(found, Mapping) else {}
    return found if isinstance(found, list) else ()


def _known(given: Mapping[str, Any], names: Sequence[str]) -> None:
    if odd := [name for name in given if name not in names]:
        raise ValueError(f"Invalid permission key(s): {', '.join(odd)}")


def _texts(given: Mapping[str, Any], name: str) -> list[str]:
    found = given.get(name) or []
    if isinstance(found, str) or not isinstance(found, Sequence):
        raise TypeError(f"{name} must be a list")
    return list(found)


# --- addresses --------------------------------------------------------------------------------------------------


def _parts(address: str) -> tuple[str, str, str]:
    """Protocol, host with its port, path: split as Forge's filter does, which is no URL parser."""
    protocol, colon, rest = address.partition(":")
    if not colon:
        protocol, rest = "https", address
    rest = rest.lstrip("/").lstrip("\\")
    rest = rest.partition("?")[0].partition("#")[0]
    host, slash, path = rest.partition("/")
    return f"{protocol}:", host, f"{slash}{path}" or "/"


def _covered(addresses: Sequence[str], url: str, *, by_path: bool) -> bool:
    """Whether one of the addresses covers the URL; in a page (``by_path``) its path counts too."""
    if "*" in addresses:
        return True
    return any(_covers(_parts(address), _parts(url), by_path=by_path) for address in addresses)


_SAME_ON_A_PAGE = {("http:", "https:"), ("ws:", "wss:")}


def _covers(entry: tuple[str, str, str], asked: tuple[str, str, str], *, by_path: bool) -> bool:
    (declared, host, path), (protocol, wanted, at) = entry, asked
    if declared != protocol and not (by_path and (declared, protocol) in _SAME_ON_A_PAGE):
        return False
    if by_path and path != "/" and not (at.startswith(path) if path.endswith("/") else at == path):
        return False
    if host == wanted:
        return True
    pattern = unquote(host)
    return pattern.startswith("*") and re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), wanted) is not None
