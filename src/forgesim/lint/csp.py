"""The Content Security Policy that Forge gives a Custom UI page, computed from the manifest.

Directives and Atlassian's own sources are those of production, as read in November 2026. Of an installation only the
site's name differs: ``SITE`` stands for it. What the hosting page, a macro in another product or a tunnel adds is left
out, and so are Atlassian's hosts for avatars, emoji, reactions and teams, from which every page may show pictures.

An address gets into the policy only if it has the documented form, whose characters end neither a source nor a
directive; nothing is escaped, the rest is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from forgesim.lint.frontend import Markup
from forgesim.manifest.addresses import address_fault
from forgesim.manifest.model import EgressEntry

__all__ = ["BASE", "KINDS", "SITE", "Csp", "Refused", "content_fault", "policy"]

SITE: Final = "https://your-site.atlassian.net"
"""Stands for the site that shows the page."""

_SELF: Final = "'self'"
_MEDIA: Final = "https://api.media.atlassian.com"
_CDN: Final = "https://forge.cdn.prod.atlassian-dev.net"
_OBJECTS: Final = "https://tdp-os.services.atlassian.com"
_DOWNLOADS: Final = (
    f"{_OBJECTS}/fos-eap/download/", f"{_OBJECTS}/fos/app/download/", f"{_OBJECTS}/fos/cdn/download/",
    "https://object-store.atlassian.com/os/ecosystem/installation/",
)  # fmt: skip
_UPLOADS: Final = (f"{_OBJECTS}/fos-eap/upload/", f"{_OBJECTS}/fos/app/upload/", f"{_OBJECTS}/fos/cdn/upload/")

BASE: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "default-src": (_SELF, *_DOWNLOADS),
    "frame-ancestors": (
        _SELF, "*.atlassian.net", "bitbucket.org", "*.jira.com", "*.atlassian.com", "*.frontend.public.atl-paas.net",
        SITE, *_DOWNLOADS,
    ),
    "frame-src": (_SELF, SITE, _MEDIA, *_DOWNLOADS),
    "font-src": (_SELF, *_DOWNLOADS),
    "img-src": (
        _SELF, "data:", "blob:", SITE, "https://secure.gravatar.com", "https://images.unsplash.com",
        _MEDIA, *_DOWNLOADS,
    ),
    "media-src": (_SELF, "data:", "blob:", SITE, _MEDIA, *_DOWNLOADS),
    "connect-src": (
        _SELF, SITE, "https://api.atlassian.com/metal/ingest", "https://api.atlassian.com/gateway/api/emoji/",
        "https://api.atlassian.com/gateway/api/elements/emoji", _MEDIA, "https://as.atlassian.com",
        "https://forge-outbound-proxy.services.atlassian.com", *_DOWNLOADS[:3], *_UPLOADS, _DOWNLOADS[3], _CDN,
    ),
    "script-src": (_SELF, _CDN, *_DOWNLOADS),
    "style-src": (_SELF, SITE, _CDN, *_DOWNLOADS),
    "form-action": (_SELF,),
    "sandbox": (
        "allow-popups", "allow-popups-to-escape-sandbox", "allow-downloads", "allow-forms", "allow-modals",
        "allow-pointer-lock", "allow-same-origin", "allow-scripts",
    ),
    "report-uri": ("https://web-security-reports.services.atlassian.com/csp-report/forge-cdn",),
})  # fmt: skip
"""Directive → sources that every page gets, in the order of the header."""

KINDS: Final[Mapping[str, str]] = MappingProxyType({
    "frames": "frame-src", "fonts": "font-src", "images": "img-src", "media": "media-src",
    "fetch.client": "connect-src", "scripts": "script-src", "styles": "style-src",
})  # fmt: skip
"""Kind of egress → the directive that it widens."""

_AFTER: Final[Mapping[str, int]] = MappingProxyType({"frame-src": len(_DOWNLOADS), "media-src": len(_DOWNLOADS)})
"""Atlassian's own sources that stand behind the manifest's, where any do."""

_QUOTED: Final = frozenset({"unsafe-inline", "unsafe-eval", "unsafe-hashes"})
_HASH: Final = re.compile(r"sha256-[a-zA-Z0-9=+/]{44}|sha384-[a-zA-Z0-9=+/]{64}|sha512-[a-zA-Z0-9=+/]{88}")
_SOURCE: Final = re.compile(r"[a-zA-Z0-9._\-/:~#%*]+")
"""Characters of a documented address with its scheme and wildcard."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that the manifest asks for and the policy does not get."""

    kind: str
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Csp:
    """The policy of one page: directive → sources in order, and what was refused."""

    directives: Mapping[str, tuple[str, ...]]
    refused: tuple[Refused, ...]

    @property
    def header(self) -> str:
        return "; ".join(f"{name} {' '.join(sources)}" for name, sources in self.directives.items())


def content_fault(kind: str, value: object) -> str | None:
    """What is wrong with an item of ``permissions.content.scripts`` or ``.styles``; ``None`` where it is good."""
    if not isinstance(value, str):
        return "is not a text"
    if kind == "styles":
        return None if value == "unsafe-inline" else "is not unsafe-inline, all that styles may ask for"
    if value in _QUOTED or value == "blob:" or _HASH.fullmatch(value):
        return None
    return "is neither unsafe-inline, unsafe-eval, unsafe-hashes, blob: nor the hash of a script"


def policy(
    entries: Iterable[EgressEntry],
    scripts: Sequence[object] = (),
    styles: Sequence[object] = (),
    markup: Markup | None = None,
) -> Csp:
    """The policy of a page. ``scripts`` and ``styles`` are the items of ``permissions.content`` as they stand."""
    found = {name: list(sources) for name, sources in BASE.items()}
    refused = [
        Refused(f"content.{kind}", str(value), why)
        for kind, values in (("scripts", scripts), ("styles", styles))
        for value in values
        if (why := content_fault(kind, value)) is not None
    ]
    markup = markup or Markup()
    found["script-src"] += _scripts([str(each) for each in scripts if content_fault("scripts", each) is None], markup)
    if markup.styles_allowed or any(content_fault("styles", each) is None for each in styles):
        found["style-src"].append("'unsafe-inline'")
    for entry in entries:
        directive = KINDS.get(entry.kind)
        if directive is None:
            continue
        fault = address_fault(entry.address)
        if fault is not None or not _SOURCE.fullmatch(entry.address):
            refused.append(Refused(entry.kind, entry.address, fault.what if fault else "has odd characters"))
        else:
            found[directive].insert(len(found[directive]) - _AFTER.get(directive, 0), entry.address)
    return Csp({name: tuple(dict.fromkeys(sources)) for name, sources in found.items()}, tuple(refused))


def _scripts(asked: list[str], markup: Markup) -> list[str]:
    """Options first, then the hashes of the page's inline scripts, which ``unsafe-inline`` makes needless, then those
    that the manifest lists."""
    hashes = [] if "unsafe-inline" in asked else [f"sha256-{each}" for each in markup.hashes]
    options = [each for each in asked if not _HASH.fullmatch(each)]
    listed = [each for each in asked if _HASH.fullmatch(each)]
    return [each if each == "blob:" else f"'{each}'" for each in (*options, *hashes, *listed)]
