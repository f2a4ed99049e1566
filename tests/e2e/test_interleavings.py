"""Two users at the same time: identity and rows never mix, whatever the order of their crossings."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from forgesim.testing.kit import Forge, InstalledApp

MINE = """\
@resolver.define("mine")
async def mine(request):
    who = request.context.account_id
    await kvs.set(f"note:{request.payload['n']}", {"who": who})
    me = await (await api.as_user().request_confluence(route("/wiki/api/v2/spaces", query={"limit": "1"}))).json()
    row = await kvs.get(f"note:{request.payload['n']}")
    return {"who": who, "row": row["who"], "spaces": len(me["results"])}
"""

STALE = """\
last = {}


@resolver.define("mine")
async def mine(request):
    last.setdefault("who", request.context.account_id)
    return {"who": last["who"], "row": last["who"], "spaces": 1}
"""

ROUNDS = int(os.environ.get("FORGESIM_INTERLEAVINGS", "300"))


def mixed(forge: Forge, app: InstalledApp, rounds: int) -> int:
    """How many of ``rounds`` overlapping pairs saw the other's identity or row."""
    site = forge.site("demo", seed=1)
    people = {user.handle: user.account_id for user in site.users.values()}
    wrong = 0
    for number in range(0, 2 * rounds, 2):
        results = app.together(("mine", {"n": number}, "alice"), ("mine", {"n": number + 1}, "bob"))
        expected = [people["alice"], people["bob"]]
        wrong += [r["who"] for r in results] != expected or [r["row"] for r in results] != expected
    return wrong


def test_no_interleaving_shows_another_users_identity_or_row(forge: Forge, make_app: Callable[..., Path]) -> None:
    app = forge.install(make_app(MINE), forge.site("demo", seed=1))
    assert mixed(forge, app, ROUNDS) == 0


def test_the_crossings_of_two_users_really_interleave(forge: Forge, make_app: Callable[..., Path]) -> None:
    app = forge.install(make_app(MINE), forge.site("demo", seed=1))
    orders = set()
    for number in range(0, 80, 2):
        before = len(app.ledger.crossings)
        app.together(("mine", {"n": number}, "alice"), ("mine", {"n": number + 1}, "bob"))
        invs = [crossing.decided.inv for crossing in app.ledger.crossings[before:]]
        orders.add(tuple(inv == invs[0] for inv in invs))
    assert len(orders) >= 8


def test_state_kept_in_a_warm_worker_is_caught_red_handed(forge: Forge, make_app: Callable[..., Path]) -> None:
    site = forge.site("demo", seed=1)
    app = forge.install(make_app(STALE), site, warm=True)
    first = app.invoke("mine", {"n": 1}, user="alice")
    second = app.invoke("mine", {"n": 2}, user="bob")
    assert first["who"] == second["who"], "the warm worker should have shown alice's id to bob"
