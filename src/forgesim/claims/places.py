"""Places that a privacy page names, and the places that hosts and cloud regions are in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

__all__ = ["is_known", "lies_in", "region_in_host"]

UNITED_STATES, EUROPE = "united states", "european union"

CODES: Mapping[str, str] = {
    "us-east-1": UNITED_STATES, "us-east-2": UNITED_STATES, "us-west-1": UNITED_STATES, "us-west-2": UNITED_STATES,
    "ca-central-1": "canada", "ca-west-1": "canada", "sa-east-1": "brazil", "mx-central-1": "mexico",
    "eu-central-1": "germany", "eu-central-2": "switzerland", "eu-west-1": "ireland", "eu-west-2": "united kingdom",
    "eu-west-3": "france", "eu-north-1": "sweden", "eu-south-1": "italy", "eu-south-2": "spain",
    "ap-south-1": "india", "ap-south-2": "india", "ap-southeast-1": "singapore", "ap-southeast-2": "australia",
    "ap-southeast-3": "indonesia", "ap-southeast-4": "australia", "ap-northeast-1": "japan",
    "ap-northeast-2": "south korea", "ap-northeast-3": "japan", "ap-east-1": "hong kong", "me-south-1": "bahrain",
    "me-central-1": "united arab emirates", "af-south-1": "south africa", "il-central-1": "israel",
    "us": UNITED_STATES, "usa": UNITED_STATES, "eu": EUROPE, "uk": "united kingdom", "au": "australia",
    "ca": "canada", "de": "germany", "jp": "japan", "sg": "singapore", "ch": "switzerland", "in": "india",
}  # fmt: skip
"""Names of cloud regions, and labels that hosts use for theirs (``eu.i.posthog.com``) → the place."""

MEMBERS = frozenset({
    "austria", "belgium", "bulgaria", "croatia", "cyprus", "czechia", "denmark", "estonia", "finland", "france",
    "germany", "greece", "hungary", "ireland", "italy", "latvia", "lithuania", "luxembourg", "malta", "netherlands",
    "poland", "portugal", "romania", "slovakia", "slovenia", "spain", "sweden",
})  # fmt: skip
"""Countries of the European Union."""

ALIASES: Mapping[str, str] = {
    "usa": UNITED_STATES, "us": UNITED_STATES, "united states of america": UNITED_STATES, "eu": EUROPE,
    "europe": EUROPE, "uk": "united kingdom", "great britain": "united kingdom", "korea": "south korea",
}  # fmt: skip

KNOWN = frozenset(CODES.values()) | MEMBERS | {"new zealand", "norway", "iceland", "liechtenstein", "china", "taiwan"}

_NAME = re.compile(rf"\b(?:{'|'.join(sorted({*KNOWN, *ALIASES}, key=len, reverse=True))})\b")
_REGION = re.compile(r"[a-z]{2}-[a-z]+-\d")


def _places(location: str) -> list[str]:
    """The places that a location names: ``Frankfurt, Germany (EU)`` → germany, european union."""
    text = re.sub(r"[^a-z]+", " ", location.lower())
    return [ALIASES.get(name, name) for name in _NAME.findall(text)]


def is_known(location: str) -> bool:
    """Whether a location names a country or a union of countries."""
    return bool(_places(location))


def lies_in(code: str, location: str) -> bool | None:
    """Whether a region's name is in a declared location; null where the name says nothing that is known."""
    place = CODES.get(code.lower())
    if place is None:
        return None
    declared = _places(location)
    return (
        place in declared
        or (place in MEMBERS and EUROPE in declared)
        or (place == EUROPE and not MEMBERS.isdisjoint(declared))
    )


def region_in_host(host: str) -> str | None:
    """The region that a host's name says it is in, where it says one: ``us-east-1``, ``eu``."""
    labels: Sequence[str] = host.lower().split(".")
    for label in labels:
        if _REGION.fullmatch(label) and label in CODES:
            return label
    first = labels[0] if len(labels) > 2 else ""
    return first if len(first) <= 3 and first in CODES and first != "in" else None
