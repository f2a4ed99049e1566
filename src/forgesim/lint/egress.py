"""Checks of declared egress by itself: how wide it is, whether anything can come of it, and what stands there twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from forgesim.lint.finding import Finding, Rule
from forgesim.lint.limits import BACKEND_PORTS, REGISTRY_LABELS, SHARED_DOMAINS
from forgesim.lint.place import Place, covers, covers_place, place_of_address
from forgesim.lint.subject import Subject
from forgesim.manifest.addresses import address_fault
from forgesim.manifest.model import EgressEntry

__all__ = ["RULES", "covered", "covers", "fragment", "ip_address", "port", "remote_address", "too_wide"]

TOO_WIDE: Final = Rule(
    name="egress-too-wide",
    severity="warning",
    why="A wildcard over a top-level domain, a registry or shared hosting lets data go to whoever rents a name there.",
    do="name the host, or *. and a domain of its own",
)
IP_ADDRESS: Final = Rule(
    name="egress-ip-address",
    severity="warning",
    why="Nobody can tell whose an IP address is, certificates rarely name one, and private ones are never reached.",
    do="declare the host by name",
)
PORT: Final = Rule(
    name="egress-port",
    severity="warning",
    why="The back end reaches a fixed set of ports and no other; a port that is no number is an error.",
    do="use 443, or one of the ports that Forge lets through",
)
FRAGMENT: Final = Rule(
    name="egress-fragment",
    severity="warning",
    why="What follows # never leaves a client, and in a page's policy it makes the whole source void.",
    do="leave out # and what follows",
)
DUPLICATE: Final = Rule(
    name="egress-duplicate",
    severity="warning",
    why="The same place stands twice in one list: one of the two is stale.",
    do="leave one of them out",
)
COVERED: Final = Rule(
    name="egress-covered",
    severity="warning",
    why="Another entry of the list lets the same requests through, so this one narrows nothing and is stale.",
    do="leave it out, or the wider one",
)
REMOTE_ADDRESS: Final = Rule(
    name="remote-address",
    severity="error",
    why="A remote's baseUrl becomes an egress address as it stands; in another form it is refused or misleads.",
    do="write the remote's baseUrl as https:// and a host",
)
RULES: Final = (TOO_WIDE, IP_ADDRESS, PORT, FRAGMENT, DUPLICATE, COVERED, REMOTE_ADDRESS)


def _places(subject: Subject) -> Iterator[tuple[EgressEntry, Place]]:
    for entry in subject.app.manifest.egress:
        place = place_of_address(entry.address)
        if place is not None:
            yield entry, place


def _anybody_s(domain: str) -> str | None:
    """Whose hosts are under a domain that nobody owns alone."""
    labels = domain.split(".")
    if len(labels) == 1:
        return f"every host under .{domain}"
    is_registry = len(labels) == 2 and len(labels[1]) == 2 and labels[0] in REGISTRY_LABELS
    if is_registry or any(domain == shared or domain.endswith(f".{shared}") for shared in SHARED_DOMAINS):
        return "hosts that anybody can register"
    return None


def too_wide(subject: Subject) -> Iterator[Finding]:
    for entry, place in _places(subject):
        whose = _anybody_s(place.host[2:]) if place.host.startswith("*.") else None
        if whose is not None:
            yield subject.in_manifest(TOO_WIDE, f"{entry.kind}: {entry.address} reaches {whose}", entry.line)


def ip_address(subject: Subject) -> Iterator[Finding]:
    for entry, place in _places(subject):
        if (literal := place.literal) is not None:
            private = "" if literal.is_global else " of a private network, which no request reaches"
            what = f"{entry.kind}: {entry.address} is an IP address{private}"
            yield subject.in_manifest(IP_ADDRESS, what, entry.line)


def port(subject: Subject) -> Iterator[Finding]:
    for entry in subject.app.manifest.egress:
        place = place_of_address(entry.address)
        if place is None and address_fault(entry.address) is None:
            what = f"{entry.kind}: {entry.address} has no usable host and port"
            yield subject.in_manifest(PORT, what, entry.line, "correct the host or the port", "error")
        elif place is not None and entry.kind == "fetch.backend" and place.port not in BACKEND_PORTS:
            allowed = ", ".join(map(str, sorted(BACKEND_PORTS)))
            what = f"{entry.kind}: nothing reaches port {place.port} of {place.host}"
            yield subject.in_manifest(PORT, what, entry.line, f"Forge lets through {allowed}")


def fragment(subject: Subject) -> Iterator[Finding]:
    for entry in subject.app.manifest.egress:
        if "#" in entry.address and address_fault(entry.address) is None:
            yield subject.in_manifest(FRAGMENT, f"{entry.kind}: {entry.address} has a fragment", entry.line)


def remote_address(subject: Subject) -> Iterator[Finding]:
    """Addresses that came from ``remotes``: those written in ``external`` were looked at when they were read."""
    for entry in subject.app.manifest.egress:
        if (fault := address_fault(entry.address)) is not None:
            what = f"{entry.kind}: the remote's baseUrl {entry.address!r} is no address: {fault.what}"
            yield subject.in_manifest(REMOTE_ADDRESS, what, entry.line, fault.hint)


def covered(subject: Subject) -> Iterator[Finding]:
    """Duplicates, and entries whose every request a wider one lets through with the same or a firmer promise."""
    found = list(_places(subject))
    for number, (entry, place) in enumerate(found):
        for other_number, (other, wide) in enumerate(found):
            if other is entry or other.kind != entry.kind or other.category not in (None, entry.category):
                continue
            if not (covers_place(wide, place) and _path_covers(entry.kind, wide.path, place.path)):
                continue
            is_same = wide.host == place.host and _path_covers(entry.kind, place.path, wide.path)
            if is_same and other.category == entry.category and other_number > number:
                continue  # of two equal entries the later one is told
            rule = DUPLICATE if is_same else COVERED
            what = f"{entry.kind}: {entry.address} is {'also' if is_same else 'covered by'} {other.address}"
            yield subject.in_manifest(rule, f"{what} of line {other.line}", entry.line)
            break


def _path_covers(kind: str, wide: str, path: str) -> bool:
    """Whether a path of the list takes in another, as a page's policy compares them; the back end ignores paths."""
    return kind == "fetch.backend" or wide in ("/", path) or (wide.endswith("/") and path.startswith(wide))
