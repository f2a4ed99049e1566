"""Every emulated write, tried on everything by everybody: who may not changes nothing, who may only what was asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest
from tests.products.rights.agile_writes import AGILE_WRITES
from tests.products.rights.asking import Answered, Seen, ask_as, emulated, is_read
from tests.products.rights.content_writes import CONTENT_WRITES
from tests.products.rights.oracle import is_member
from tests.products.rights.part_writes import PART_WRITES
from tests.products.rights.places import VIEWERS, place
from tests.products.rights.setup_writes import SETUP_WRITES
from tests.products.rights.writes import WRITES as PLAIN_WRITES, Write

from forgesim.site.facts import clone, digest
from forgesim.site.model import Site

BY_ID = {
    f"{method} /wiki/api/v2/{holder}/properties/{{property-id}}"
    for method in ("PUT", "DELETE")
    for holder in (
        "pages/{page-id}",
        "blogposts/{blogpost-id}",
        "comments/{comment-id}",
        "attachments/{attachment-id}",
        "spaces/{space-id}",
    )
}
"""The id of a property has to be asked for first: ``test_a_property_is_changed_by_those_who_change_what_has_it``."""

WRITES = {**PLAIN_WRITES, **CONTENT_WRITES, **PART_WRITES, **SETUP_WRITES, **AGILE_WRITES}
HELD = ("users", "spaces", "pages", "projects", "boards", "sprints", "issues")


def things(site: Site) -> dict[str, bytes]:
    """Ref → everything of the thing."""
    held = ((f"{kind[:-1]}/{key}", each) for kind in HELD for key, each in getattr(site, kind).items())
    setup = site.jira
    more: dict[str, object] = {f"filter/{key}": each for key, each in setup.filters.items()}
    more |= {f"properties/{account}": each for account, each in setup.user_properties.items()}
    more |= {"app/jira": setup.app_properties, "app/confluence": site.app_properties, "gone": setup.removed_worklogs}
    return {ref: msgspec.json.encode(each) for ref, each in (*held, *more.items())}


class Desk:
    """Where writes are tried: on a copy of the site, which is thrown away when it is changed."""

    def __init__(self, seen: Seen) -> None:
        self.seen, self.digest, self.things = seen, digest(seen.site), things(seen.site)
        self._renew()

    def _renew(self) -> None:
        self._site = clone(self.seen.site)
        self._ask = ask_as(self._site, self.seen.viewer)

    def attempt(self, method: str, write: Write) -> tuple[Answered, set[str], bool]:
        """The answer, the refs of what is different, and whether all else is as it was too."""
        got = self._ask(method, write.path, write.body)
        same = digest(self._site) == self.digest
        now = {} if same else things(self._site)
        different = set() if same else {ref for ref in self.things | now if self.things.get(ref) != now.get(ref)}
        if not same or got.status < 300:
            self._renew()
        return got, different, same


def wrong_with(write: Write, name: str, desk: Desk) -> str | None:
    seen = desk.seen
    got, different, same = desk.attempt(name.partition(" ")[0], write)
    if not set(write.about) <= seen.refs:
        allowed = write.hidden if is_member(seen.site, seen.viewer) else (401, 403, 404, *write.hidden)
        return None if got.status in allowed and same else "hidden"
    if not write.may:
        also = (401,) if seen.viewer is None else () if is_member(seen.site, seen.viewer) else (401, 403, 404)
        return None if got.status in (*write.refused, *also) and same else f"refused: {got.status} {got.body!r} {same}"
    new = {ref for ref in different - desk.things.keys() if ref.partition("/")[0] in write.makes}
    done = got.status in (200, 201, 204) and different and different - new <= write.touches
    return None if done and len(new) == len(write.makes) else f"allowed, {got.status} {got.body!r}, {different}"


def test_every_emulated_write_has_a_row() -> None:
    assert {name for name in emulated() if not is_read(name)} == set(WRITES) | BY_ID


@pytest.mark.parametrize("who", VIEWERS)
@pytest.mark.parametrize("name", WRITES)
def test_a_write_does_what_its_caller_may_and_nothing_else(name: str, who: str) -> None:
    seen = Seen(place(), VIEWERS[who])
    desk = Desk(seen)
    tried = [(write.path, write.body, wrong_with(write, name, desk)) for write in WRITES[name](seen)]
    assert [each for each in tried if each[2]] == []


@pytest.mark.parametrize("name", WRITES)
def test_every_write_is_tried_by_those_who_may_and_those_who_may_not(name: str) -> None:
    site = place()
    tried = [(set(write.about) <= seen.refs, write.may)
             for seen in (Seen(site, who) for who in VIEWERS.values()) for write in WRITES[name](seen)]  # fmt: skip
    assert (True, True) in tried
    if any(write.about for write in WRITES[name](Seen(site, VIEWERS["stranger"]))):
        assert any(not shown for shown, _ in tried)
    else:
        assert (True, False) in tried


@pytest.mark.parametrize("who", VIEWERS)
@pytest.mark.parametrize("holder", ["pages", "blogposts", "comments", "attachments", "spaces"])
def test_a_property_is_changed_by_those_who_change_what_has_it(holder: str, who: str) -> None:
    """Its id is the same in every copy of a site, so whoever sees all of one tells it."""
    site, name = place(), f"POST /wiki/api/v2/{holder}/{{{holder[:-1]}-id}}/properties"
    have: list[Any] = [*site.pages.values(), *site.spaces.values()]
    for has in (*have, *(each for page in site.pages.values() for each in page.comments)):
        has.properties = {"k": 1}
    for page in site.pages.values():
        page.attachments = [replace(each, properties={"k": 1}) for each in page.attachments]
    bare = clone(site)
    have = [*bare.pages.values(), *bare.spaces.values()]
    for has in have:
        has.viewers = None
    for space in bare.spaces.values():
        space.permissions.pop("read:space", None)
    tell, seen, body = ask_as(bare, VIEWERS["owner"]), Seen(site, VIEWERS[who]), {"key": "k", "value": 2}
    desk = Desk(seen)
    for write in WRITES[name](seen):
        for each in tell("GET", write.path, None).json.get("results", ()):
            change = replace(write, path=f"{write.path}/{each['id']}", body=body | {"version": {"number": 2}})
            assert wrong_with(change, "PUT", desk) is None
            assert wrong_with(replace(change, body=None), "DELETE", desk) is None
