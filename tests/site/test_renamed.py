"""A site under other account ids: the same site, but for who people are."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from forgesim.site.facts import digest
from forgesim.site.model import Site
from forgesim.site.open import open_site
from forgesim.site.renamed import Renaming, renaming


@pytest.fixture(scope="module")
def site() -> Site:
    return open_site("proof", seed=3, base=Path(), jira=True)


def test_nothing_of_the_ids_is_left_and_all_else_is(site: Site) -> None:
    others = renaming(site, 5)
    other = others.site(site)
    assert set(other.users).isdisjoint(site.users)
    assert [user.name for user in other.users.values()] == [user.name for user in site.users.values()]
    assert digest(Renaming({new: old for old, new in others.others.items()}).site(other)) == digest(site)


def test_ids_keep_their_order_and_form(site: Site) -> None:
    others = renaming(site, 5).others
    assert [others[account] for account in sorted(others)] == sorted(others.values())
    assert all(map(str.startswith, others.values(), ["712020:"] * len(others)))


def test_ids_are_written_back_in_keys_and_urls_but_not_in_pieces(site: Site) -> None:
    others = renaming(site, 5)
    old, new = next(iter(others.others.items()))
    for form in (str, lambda text: quote(text, safe=""), lambda text: text.replace(":", ".")):
        assert others.back(f"a {form(new)} b") == f"a {form(old)} b"
    assert others.back(new[10:]) == new[10:]
