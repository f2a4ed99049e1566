"""Every emulated read, asked about everything on a site by everybody, against an oracle that never saw its code."""

from __future__ import annotations

from functools import cache

import pytest
from tests.products.rights.agile_rows import AGILE_ROWS
from tests.products.rights.asking import Seen, ask_as, emulated, is_read, pages_of
from tests.products.rights.board_rows import BOARD_ROWS
from tests.products.rights.canaries import Words, stamp
from tests.products.rights.confluence_rows import CONFLUENCE_ROWS
from tests.products.rights.content_rows import CONTENT_ROWS
from tests.products.rights.jira_rows import JIRA_ROWS
from tests.products.rights.laws import faults
from tests.products.rights.oracle import drop_hidden, visible
from tests.products.rights.part_rows import PART_ROWS
from tests.products.rights.people_rows import PEOPLE_ROWS
from tests.products.rights.places import VIEWERS, place
from tests.products.rights.search_rows import SEARCH_ROWS
from tests.products.rights.setup_rows import SETUP_ROWS

from forgesim.site.facts import access_lists, clone, digest
from forgesim.site.generate import proof
from forgesim.site.model import Site

ROWS = {
    **CONFLUENCE_ROWS, **CONTENT_ROWS, **SEARCH_ROWS, **JIRA_ROWS, **BOARD_ROWS, **PART_ROWS, **AGILE_ROWS,
    **PEOPLE_ROWS, **SETUP_ROWS,
}  # fmt: skip


@cache
def stamped_place() -> tuple[Site, Words]:
    site = place()
    return site, stamp(site)


@cache
def stamped_proof() -> tuple[Site, Words]:
    site = proof(1)
    return site, stamp(site)


def test_every_emulated_read_has_a_row() -> None:
    assert {name for name in emulated() if is_read(name)} == set(ROWS)


@pytest.mark.parametrize("who", VIEWERS)
@pytest.mark.parametrize("name", ROWS)
def test_a_read_tells_what_its_caller_may_see_and_nothing_else(name: str, who: str) -> None:
    site, words = stamped_place()
    seen, ask, method = Seen(site, VIEWERS[who]), ask_as(site, VIEWERS[who]), name.partition(" ")[0]
    probes = list(ROWS[name](seen))
    assert [f"{probe.path} {probe.body or ''}: {fault}"
            for probe in probes for fault in faults(ask, seen, words, method, probe)] == []  # fmt: skip


@pytest.mark.parametrize("handle", ["alice", "bob", "carol", "gone", None])
@pytest.mark.parametrize("name", ROWS)
def test_so_it_is_on_the_site_that_proofs_use(name: str, handle: str | None) -> None:
    site, words = stamped_proof()
    viewer = next((each.account_id for each in site.users.values() if each.handle == handle), None)
    seen, ask, method = Seen(site, viewer, most=6), ask_as(site, viewer), name.partition(" ")[0]
    assert [f"{probe.path} {probe.body or ''}: {fault}"
            for probe in ROWS[name](seen) for fault in faults(ask, seen, words, method, probe)] == []  # fmt: skip


@pytest.mark.parametrize("who", VIEWERS)
def test_an_answer_is_the_same_where_what_its_caller_may_not_see_is_not_there(who: str) -> None:
    """To the byte, cursors and counts included."""
    whole, _ = stamped_place()
    bare = clone(whole)
    drop_hidden(bare, VIEWERS[who])
    asks = ask_as(whole, VIEWERS[who]), ask_as(bare, VIEWERS[who])
    seen = Seen(whole, VIEWERS[who])
    for name, row in ROWS.items():
        for probe in (each for each in row(seen) if each.about is None or each.about in seen.refs):
            here, there = (list(pages_of(ask, name.partition(" ")[0], probe)) for ask in asks)
            assert here == there, (name, probe.path)


def test_the_rows_ask_about_what_is_visible_and_what_is_hidden() -> None:
    site, _ = stamped_place()
    for name, row in ROWS.items():
        told = {
            probe.about in seen.refs
            for seen in (Seen(site, who) for who in VIEWERS.values())
            for probe in row(seen)
            if probe.about
        }
        assert told in (set(), {True, False}), name


def test_reading_changes_nothing() -> None:
    site, _ = stamped_place()
    before = digest(site)
    for who in VIEWERS.values():
        ask = ask_as(site, who)
        for name, row in ROWS.items():
            for probe in row(Seen(site, who)):
                ask(name.partition(" ")[0], probe.path, probe.body)
    assert digest(site) == before


@pytest.mark.parametrize("site", [place(), proof(1)], ids=["place", "proof"])
def test_access_lists_say_what_the_oracle_says(site: Site) -> None:
    """People are left out there, as everybody of a site sees them."""
    for account, refs in access_lists(site).items():
        assert set(refs) == {each for each in visible(site, account) if not each.startswith("user/")}, account
