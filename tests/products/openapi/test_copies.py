"""What is written to a copy of a site stays there: copies share what is never changed in place; proofs rely on that."""

from __future__ import annotations

import pytest
from tests.products.openapi.bench import Bench
from tests.products.openapi.calls import plain
from tests.products.openapi.conversation import EMULATED

from forgesim.site.facts import digest

WRITES = [name for name in EMULATED if not name.startswith("GET ")]
TURNS = 3


@pytest.mark.parametrize("name", WRITES)
def test_a_call_leaves_the_site_alone_that_its_own_was_copied_from(name: str) -> None:
    before = digest(Bench().site)
    for turn in range(TURNS):
        bench = Bench()
        bench.ask(plain(name, bench, turn))
    assert digest(Bench().site) == before
