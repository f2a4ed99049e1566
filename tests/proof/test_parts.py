"""The parts of a proof by themselves: which scenarios are played, what is compared, what is asked for."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, strategies as st

from forgesim.decision import allow
from forgesim.egress.policy import Policy
from forgesim.ledger.records import Answered, Decided
from forgesim.ledger.write import body_of
from forgesim.manifest.model import EgressEntry, Scenario
from forgesim.proof.probes import undeclared_urls
from forgesim.proof.tap import CHANNELS, Tap
from forgesim.proof.trials import Plan

NAMES = ("a", "b", "c", "d")
SCENARIOS = [Scenario(name=name, site="demo", steps=()) for name in NAMES]
exits = st.fixed_dictionaries(
    {name: st.frozensets(st.tuples(st.just("sent"), st.sampled_from("12345"), st.just("POST"))) for name in NAMES}
)


@given(exits)
def test_every_pair_reaches_every_exit_and_all_scenarios_have_their_turn(found: dict[str, frozenset]) -> None:  # type: ignore[type-arg]
    plan = Plan(SCENARIOS, found)
    pairs = [[scenario.name for scenario in plan.of(number)] for number in range(len(NAMES))]
    for names in pairs:
        assert frozenset().union(*(found[name] for name in names)) == frozenset().union(*found.values())
        assert len(names) == len(set(names))
    assert {name for names in pairs for name in names} == set(NAMES)


def test_a_plan_does_not_play_what_adds_nothing() -> None:
    one, two = ("sent", "1", "POST"), ("stored", "2", "set")
    plan = Plan(SCENARIOS, dict.fromkeys(NAMES, frozenset({one})) | {"c": frozenset({one, two})})
    assert [[scenario.name for scenario in plan.of(number)] for number in range(4)] == [
        ["c", "a"],
        ["c", "b"],
        ["c", "d"],
        ["c", "a"],
    ]


def asked(
    channel: Any, target: str = "k", body: bytes = b"", *, writes: bool = True, line: str = "src/a.py:1"
) -> Decided:
    return Decided(
        run=0, inv="i", seq=1, at=1, channel=channel, verb="set", target=target, writes=writes, body=body_of(body),
        decision=allow("x"), line=line,
    )  # fmt: skip


def tapped(*records: Decided) -> Tap:
    tap = Tap()
    for record in records:
        tap.write(record)
        tap.write(Answered(run=0, inv="i", seq=1, at=1, status=200, body=body_of(b"what was read")))
    return tap


def test_what_is_read_and_when_does_not_matter_to_a_digest() -> None:
    a = tapped(asked("kvs", body=b"1"), asked("kvs", writes=False), asked("confluence", writes=False))
    b = tapped(asked("kvs", body=b"1", line="src/b.py:9"))
    assert all(a.digest(channel) == b.digest(channel) for channel in CHANNELS)


@pytest.mark.parametrize(
    ("channel", "records"),
    [
        ("stored", [asked("kvs", "x"), asked("secret"), asked("property"), asked("kvs", body=b"2")]),
        ("sent", [asked("egress", "https://a.example/1"), asked("egress", body=b"\xff", writes=False)]),
        ("logged", [asked("log", body=b"one"), asked("log", body=b"two")]),
    ],
)
def test_whatever_leaves_differently_has_another_digest(channel: str, records: list[Decided]) -> None:
    runs = [tapped(), *map(tapped, records), tapped(*records), tapped(*reversed(records))]
    digests = [run.digest(channel) for run in runs]
    assert len(set(digests)) == len(digests)
    assert all(run.digest(other) == runs[0].digest(other) for run in runs for other in CHANNELS if other != channel)


def test_the_first_difference_is_the_first_and_says_whose_it_is() -> None:
    same, mine, theirs = asked("kvs", "s"), asked("kvs", "a", b"1", line="src/a.py:2"), asked("kvs", "b", b"2")
    assert tapped(same, mine).first_difference(tapped(same, theirs), "stored") == {
        "seq": 1, "line": "src/a.py:2", "a": "set a 1", "b": "set b 2",
    }  # fmt: skip
    longer = {"seq": 1, "line": "src/a.py:2", "a": "set a 1", "b": "no such crossing"}
    assert tapped(same, mine).first_difference(tapped(same), "stored") == longer
    shorter = {"seq": 1, "line": "src/a.py:2", "a": "no such crossing", "b": "set a 1"}
    assert tapped(same).first_difference(tapped(same, mine), "stored") == shorter


ADDRESSES = (
    "https://us.i.posthog.com", "api.example.com", "*.example.com", "https://*.undeclared.example", "*.example",
    "https://api.example.com:8443", "https://api.example.com/path", "wss://live.example.org", "*",
)  # fmt: skip
MANIFESTS = [(), *((each,) for each in ADDRESSES), *product(ADDRESSES, repeat=2)]


@pytest.mark.parametrize("analytics", [True, False])
def test_every_probe_is_for_what_is_not_declared_and_is_refused(analytics: bool) -> None:
    for addresses in MANIFESTS:
        entries = [EgressEntry(kind="fetch.backend", address=each, category="analytics") for each in addresses]
        policy, urls = Policy(entries, analytics), list(undeclared_urls(entries))
        assert policy.ignored == ()
        assert [(addresses, url) for url in urls if policy.decide(url)[0].allow] == []
        assert len(urls) == len(set(urls)) >= 14


def test_look_alikes_of_what_is_declared_are_among_the_probes() -> None:
    urls = set(undeclared_urls([EgressEntry(kind="fetch.backend", address="https://api.example.com/x")]))
    assert {
        "https://evil-api.example.com/", "https://api.example.com.undeclared.example/", "http://api.example.com/",
        "https://user@api.example.com/", "https://undeclared.example\\@api.example.com/", "https://undeclared.example/",
        "https://api.example.com:8444/",
    } <= urls  # fmt: skip
