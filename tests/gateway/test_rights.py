"""The laws of rights at the gateway, where a real app meets them: as its user, as another person, as itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.products.rights.asking import Answered, Seen
from tests.products.rights.laws import faults
from tests.products.rights.places import VIEWERS
from tests.products.rights.test_rights import ROWS, stamped_place

from forgesim.products.confluence.service import Confluence
from forgesim.products.jira.service import Jira
from forgesim.scopes.table import known_scopes

Way = Callable[[str | None], tuple[dict[str, Any], str | None]]

WAYS: dict[str, Way] = {
    "as its user": lambda account: ({"provider": "user"}, account),
    "as another person": lambda account: ({"provider": "user", "account": account}, VIEWERS["owner"]),
    "as itself": lambda _: ({"provider": "app"}, VIEWERS["owner"]),
}


def at(desk: Any, how: dict[str, Any], principal: str | None) -> Any:
    """``ask`` through the desk's gateway, an hour after the last call, so that no rate is met; what is answered is what
    the ledger says is answered."""
    site, _ = stamped_place()
    here = replace(desk.installation, site=site, confluence=Confluence(site), jira=Jira(site))
    desk.invocation = replace(desk.invocation, principal=principal, installation=here)

    def ask(method: str, path: str, body: object = None) -> Answered:
        desk.clock.advance(3_600_000)
        remote = "confluence" if path.startswith("/wiki/") else "jira"
        crossed = desk.product(path, remote=remote, method=method, body=body, **how)
        kept = [each for each in crossed.answer.headers if not each[0].lower().startswith("x-ratelimit")]
        noted = desk.answered[-1]
        return Answered(crossed.answer.status, crossed.answer.body, tuple(kept), tuple(noted.reads), noted.unsupported)

    return ask


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("who", ["owner", "member", "restricted", "admin", "of a group"])
def test_an_app_is_told_what_the_one_it_acts_as_may_see(make_desk: Any, way: str, who: str) -> None:
    """A few calls of every operation; whose rights they have is the platform's to say."""
    site, words = stamped_place()
    how, principal = WAYS[way](VIEWERS[who])
    seen = Seen(site, VIEWERS["app"] if way == "as itself" else VIEWERS[who], most=2)
    ask, found = at(make_desk(impersonates=known_scopes()), how, principal), []
    for name, row in ROWS.items():
        if name.endswith("/serverInfo"):
            continue  # asks for no scope, so none allows another person
        for probe in list(row(seen))[:: 1 + len(json.dumps(name)) % 3][:12]:
            found += [(probe.path, fault) for fault in faults(ask, seen, words, name.partition(" ")[0], probe)]
    assert found == []
