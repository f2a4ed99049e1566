"""The first record of a ledger: what ran, on what, confined how; and the salt of one without content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, cast

import msgspec

from forgesim import __version__
from forgesim.ledger.records import Header
from forgesim.manifest.model import App
from forgesim.sandbox.host import Sandbox
from forgesim.sandbox.image import Image
from forgesim.site.facts import scan_index
from forgesim.site.model import Site

__all__ = ["content_salt", "header"]


def header(app: App, image: Image, sandbox: Sandbox, *, catalog: str, bodies: bool) -> Header:
    """Everything in it but ``created`` (the real date) is the same for two runs of the same thing."""
    now = datetime.now(UTC)  # noqa: TID251 - the one real date of a ledger, declared volatile
    return Header(
        forgesim=__version__,
        catalog=catalog,
        created=f"{now:%Y-%m-%dT%H:%M:%SZ}",
        app=app.name,
        app_version=app.version,
        app_digest=app.digest,
        manifest=cast("dict[str, Any]", _json(app.manifest.data)),
        trust_digest=app.trust.digest,
        sandbox=sandbox.tier,
        confined=sandbox.tier != "none",
        bodies=bodies,
        units=image.units,
        excluded=image.excluded,
        undeployable=app.manifest.undeployable,
    )


def _json(data: Mapping[str, Any]) -> object:
    return msgspec.json.decode(msgspec.json.encode(data))


def content_salt(sites: Iterable[Site]) -> str:
    """The salt of digests that stand for content: made of all that content, so that nobody who lacks it can test a
    guess, and the same for two runs of the same thing. It is nowhere written."""
    hasher = hashlib.blake2b(person=b"forgesim-salt")
    for site in sites:
        hasher.update(msgspec.json.encode(scan_index(site)))
    return hasher.hexdigest()
