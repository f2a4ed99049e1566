"""Every emulated write, tried on everything by everybody: who may not changes nothing, who may only what was asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest
from tests.products.rights.asking import Seen, ask_as, emulated, is_read
from tests.products.rights.not_asked import WRITES_NOT_TRIED
from tests.products.rights.oracle import is_member
from tests.products.rights.places import VIEWERS, place
from tests.products.rights.writes import WRITES, Write

from forgesim.site.facts import clone, digest
from forgesim.site.model import Site

BY_ID = {
    f"{method} /wiki/api/v2/{holder}/properties/{{property-id}}"
    for method in ("PUT", "DELETE")
    for holder in ("pages/{page-id}", "spaces/{space-id}")
}
"""The id of a property has to be asked for first: ``test_a_property_is_changed_by_those_who_change_what_has_it``."""

HELD = ("users", "spaces", "pages", "projects", "boards", "sprints", "issues")


def things(site: Site) -> dict[str, bytes]:
    """Ref → everything of the thing."""
    held = ((f"{kind[:-1]}/{key}", each) for kind in HELD for key, each in getattr(site, kind).items())
    return {ref: msgspec.json.encode(each) for ref, each in held}


def changed(before: Site, after: Site) -> set[str]:
    was, now = things(before), things(after)
    return {ref for ref in was | now if was.get(ref) != now.get(ref)}


def wrong_with(write: Write, name: str, seen: Seen) -> str | None:
    site = clone(seen.site)
    got = ask_as(site, seen.viewer)(name.partition(" ")[0], write.path, write.body)
    different = changed(seen.site, site)
    if not set(write.about) <= seen.refs:
        allowed = write.hidden if is_member(seen.site, seen.viewer) else (401, 403, 404, *write.hidden)
        return None if got.status in allowed and not different and digest(site) == digest(seen.site) else "hidden"
    if not write.may:
        told = got.status in (400, 403, 404) and not different and digest(site) == digest(seen.site)
        return None if told else "not allowed"
    new = {ref for ref in different - things(seen.site).keys() if write.makes and ref.startswith(f"{write.makes}/")}
    done = got.status in (200, 201, 204) and different and different - new <= write.touches
    return None if done and len(new) == bool(write.makes) else f"allowed, {got.status} {got.body!r}, {different}"


def test_every_emulated_write_has_a_row() -> None:
    assert {name for name in emulated() if not is_read(name)} == set(WRITES) | BY_ID | WRITES_NOT_TRIED


@pytest.mark.parametrize("who", VIEWERS)
@pytest.mark.parametrize("name", WRITES)
def test_a_write_does_what_its_caller_may_and_nothing_else(name: str, who: str) -> None:
    seen = Seen(place(), VIEWERS[who])
    tried = [(write.path, write.body, wrong_with(write, name, seen)) for write in WRITES[name](seen)]
    assert [each for each in tried if each[2]] == []


@pytest.mark.parametrize("name", WRITES)
def test_every_write_is_tried_by_those_who_may_and_those_who_may_not(name: str) -> None:
    site = place()
    tried = [(set(write.about) <= seen.refs, write.may)
             for seen in (Seen(site, who) for who in VIEWERS.values()) for write in WRITES[name](seen)]  # fmt: skip
    assert (True, True) in tried
    assert any(not shown for shown, _ in tried)


@pytest.mark.parametrize("who", VIEWERS)
@pytest.mark.parametrize("holder", ["pages", "spaces"])
def test_a_property_is_changed_by_those_who_change_what_has_it(holder: str, who: str) -> None:
    """Its id is the same in every copy of a site, so whoever sees all of one tells it."""
    site, name = place(), f"POST /wiki/api/v2/{holder}/{{{holder[:-1]}-id}}/properties"
    have: list[Any] = [*site.pages.values(), *site.spaces.values()]
    for has in have:
        has.properties = {"k": 1}
    bare = clone(site)
    have = [*bare.pages.values(), *bare.spaces.values()]
    for has in have:
        has.viewers = None
    tell, seen, body = ask_as(bare, VIEWERS["owner"]), Seen(site, VIEWERS[who]), {"key": "k", "value": 2}
    for write in WRITES[name](seen):
        for each in tell("GET", write.path, None).json.get("results", ()):
            change = replace(write, path=f"{write.path}/{each['id']}", body=body | {"version": {"number": 2}})
            assert wrong_with(change, "PUT", seen) is None
            assert wrong_with(replace(change, body=None), "DELETE", seen) is None
