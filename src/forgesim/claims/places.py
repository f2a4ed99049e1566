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
    "ap-southeast-5": "malaysia", "ap-southeast-6": "new zealand", "ap-southeast-7": "thailand",
    "ap-east-2": "taiwan", "us-gov-east-1": UNITED_STATES, "us-gov-west-1": UNITED_STATES, "cn-north-1": "china",
    "cn-northwest-1": "china", "us-central1": UNITED_STATES, "us-east1": UNITED_STATES, "us-east4": UNITED_STATES,
    "us-west1": UNITED_STATES, "us-west2": UNITED_STATES, "europe-west1": "belgium", "europe-west2": "united kingdom",
    "europe-west3": "germany", "europe-west4": "netherlands", "europe-west6": "switzerland", "europe-west9": "france",
    "europe-north1": "finland", "asia-south1": "india", "asia-southeast1": "singapore", "asia-northeast1": "japan",
    "australia-southeast1": "australia",
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

CONTINENT = MEMBERS | {EUROPE, "united kingdom", "switzerland", "norway", "iceland", "liechtenstein"}
"""What ``Europe`` may mean where it is not said that it means the union."""

ALIASES: Mapping[str, str] = {
    "usa": UNITED_STATES, "us": UNITED_STATES, "united states of america": UNITED_STATES, "eu": EUROPE,
    "uk": "united kingdom", "great britain": "united kingdom", "england": "united kingdom", "korea": "south korea",
    "republic of korea": "south korea", "czech republic": "czechia", "uae": "united arab emirates",
    "türkiye": "turkey", "viet nam": "vietnam", "holland": "netherlands",
}  # fmt: skip

KNOWN = frozenset(CODES.values()) | MEMBERS | {
    "europe", "new zealand", "norway", "iceland", "liechtenstein", "china", "taiwan", "malaysia", "thailand", "vietnam",
    "philippines", "sri lanka", "bangladesh", "pakistan", "nepal", "kazakhstan", "turkey", "ukraine", "moldova",
    "serbia", "albania", "bosnia and herzegovina", "montenegro", "north macedonia", "armenia", "azerbaijan",
    "saudi arabia", "qatar", "kuwait", "oman", "egypt", "morocco", "tunisia", "kenya", "nigeria", "ghana", "rwanda",
    "argentina", "chile", "colombia", "peru", "uruguay", "ecuador", "paraguay", "costa rica", "panama", "guatemala",
    "dominican republic", "russia", "monaco", "andorra", "san marino",
}  # fmt: skip

SHORT = frozenset({"us", "eu", "uk", "usa", "uae"})
"""Words too, unless in capitals."""

_ELSEWHERE = re.compile(
    r"\b(?:not?|non|never|outside|except|excluding|without|beyond|other|others|elsewhere|everywhere|anywhere|worldwide|"
    r"global|globally|international|unknown|various|any)\b"
)
"""Words that make of a location one that says nothing, or its contrary."""

_NAME = re.compile(rf"\b(?:{'|'.join(sorted({*KNOWN, *ALIASES}, key=len, reverse=True))})\b")
_REGION = re.compile(r"(?<![a-z0-9])([a-z]+(?:-gov)?-[a-z]+-?\d{1,2})(?![0-9])")
_WIDE = frozenset({"us", "eu", "uk"})
"""Labels that stand for a place wherever in a host's name they are."""


def _places(location: str) -> list[str]:
    """The places that a location names: ``Frankfurt, Germany (EU)`` → germany, european union. None where it says
    where it is not, or that it is wherever."""
    plain = re.sub(r"\b([A-Z])\.(?=[A-Z]\b)", r"\1", location).replace("US.", "US")
    low = re.sub(r"[\W\d_]+", " ", plain.lower())
    if _ELSEWHERE.search(low):
        return []
    capitals = {*re.findall(r"[A-Z]{2,3}", plain), low.strip().upper()}
    return [ALIASES.get(name, name) for name in _NAME.findall(low) if name not in SHORT or name.upper() in capitals]


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
        or (place in CONTINENT and "europe" in declared)
        or (place == EUROPE and not MEMBERS.isdisjoint(declared))
    )


def region_in_host(host: str) -> str | None:
    """The region that a host's name says it is in, where it says one: ``us-east-1``, ``eu``."""
    name = host.lower()
    for found in _REGION.findall(name):
        if found in CODES:
            return str(found)
    labels: Sequence[str] = name.split(".")
    first = labels[0] if len(labels) > 2 else ""
    if len(first) <= 3 and first in CODES and first != "in":
        return first
    return next((label for label in labels[1:-2] if label in _WIDE), None)
