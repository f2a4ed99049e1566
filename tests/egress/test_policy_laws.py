"""What is true of every URL and every list."""

from __future__ import annotations

import re
from random import Random
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import assume, given, settings, strategies as st

from forgesim.decision import Decision
from forgesim.egress.policy import Policy, Rule, Target, joined, parse_target
from forgesim.fuzz.url_parts import plain
from forgesim.fuzz.urls import write_location, write_url
from forgesim.manifest.model import EgressEntry

ADDRESSES = (
    "*", "*.com", "x.com", "*.x.com", "a.x.com", "https://x.com:8443", "*.x.com:8443", "wss://x.com", "8.8.8.8",
    "xn--bcher-kva.example", "evil.example", "*.example", "localhost", "http://x.com", "*x.com", "x.com:9999", "",
)  # fmt: skip
ENTRIES = st.builds(
    EgressEntry,
    kind=st.sampled_from(["fetch.backend", "fetch.backend", "fetch.client"]),
    address=st.sampled_from(ADDRESSES),
    category=st.sampled_from([None, "analytics", "ANALYTICS"]),
)
LISTS = st.lists(ENTRIES, max_size=4)
RANDOMS = st.randoms(use_true_random=False)
URLS = RANDOMS.map(lambda rng: write_url(rng, ["x.com", "*.x.com", "https://x.com:8443", "wss://x.com", "8.8.8.8"]))


def backend(*addresses: str) -> list[EgressEntry]:
    return [EgressEntry(kind="fetch.backend", address=address) for address in addresses]


def is_whole(answer: tuple[Decision, Target | None]) -> bool:
    decision, target = answer
    return decision.rule in get_args(Rule) and bool(decision.reason) and decision.allow == (target is not None)


@given(URLS | st.text() | st.text(st.characters(categories=["Cs", "Cc", "Cf", "Zs", "Po", "Nd"])), LISTS, st.booleans())
def test_every_text_gets_a_decision_that_a_ledger_can_hold(url: str, listed: list[EgressEntry], on: bool) -> None:
    answer = Policy(listed, on).decide(url)
    assert is_whole(answer)
    assert msgspec.json.decode(msgspec.json.encode(answer[0]), type=Decision) == answer[0]
    assert len(answer[0].reason) < 600


JUNK: list[Any] = [None, 0, 1.5, True, b"https://x.com/", bytearray(b"https://x.com/"), [], {}, ("https://x.com/",)]


@pytest.mark.parametrize("junk", JUNK, ids=[type(each).__name__ for each in JUNK])
def test_what_is_no_text_is_no_url(junk: Any) -> None:
    assert Policy(backend("*"), True).decide(junk)[0].rule == "bad-url"


@given(st.binary(max_size=60), st.sampled_from(["utf-8", "latin-1"]))
def test_bytes_that_were_taken_for_text_get_a_decision(raw: bytes, encoding: str) -> None:
    for text in (raw.decode(encoding, "surrogateescape"), "https://" + raw.decode(encoding, "surrogateescape")):
        assert is_whole(Policy(backend("*"), True).decide(text))


@given(URLS, LISTS)
def test_a_target_says_the_same_when_it_is_judged_again(url: str, listed: list[EgressEntry]) -> None:
    policy = Policy(listed, True)
    decision, target = policy.decide(url)
    if target is not None:
        assert policy.decide(target.href) == (decision, target)
        assert joined(target.href, target.href) == target.href


@given(URLS)
def test_the_form_that_is_handed_on_leaves_no_reader_a_choice_of_host(url: str) -> None:
    target = parse_target(url)
    if isinstance(target, Target):
        port = "" if target.port == 443 else f":{target.port}"
        assert target.href.startswith(f"{target.scheme}://{target.host}{port}/")
        assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+|\[[0-9a-f:]+\]", target.host)
        assert re.fullmatch(r"[!-~]+", target.href)
        assert "#" not in target.href


SAME = {
    "in upper case": lambda host, rest: f"HTTPS://{host.upper()}{rest}",
    "with a final dot": lambda host, rest: f"https://{host}.{rest}",
    "with the port of https": lambda host, rest: f"https://{host}:443{rest}",
    "with both": lambda host, rest: f"https://{host}.:0443{rest}",
    "with blanks": lambda host, rest: f" \thttps://{host[:3]}\n{host[3:]}{rest}\r\n",
}


@pytest.mark.parametrize("spelled", SAME.values(), ids=SAME.keys())
@given(RANDOMS, LISTS)
@settings(max_examples=40)
def test_another_spelling_of_a_url_is_the_same_url(spelled: Any, rng: Random, listed: list[EgressEntry]) -> None:
    parts = plain(rng, rng.choice(["x.com", "*.x.com", "evil.example", "8.8.8.8"]))
    policy = Policy(listed, True)
    assert policy.decide(spelled(parts.host, parts.tail)) == policy.decide(f"https://{parts.host}{parts.tail}")


@given(URLS, LISTS, ENTRIES, st.booleans())
def test_one_more_entry_refuses_nothing_that_passed(
    url: str, listed: list[EgressEntry], more: EgressEntry, on: bool
) -> None:
    fewer, target = Policy(listed, on).decide(url)
    if fewer.allow:
        for longer in ([*listed, more], [more, *listed]):
            assert Policy(longer, on).decide(url)[1] == target


@given(URLS, LISTS)
def test_switching_analytics_off_only_takes_away(url: str, listed: list[EgressEntry]) -> None:
    (on, target), (off, left) = Policy(listed, True).decide(url), Policy(listed, False).decide(url)
    assert left in (None, target)
    if on.allow and not off.allow:
        assert off.rule in ("analytics-off", "port")


@given(URLS, LISTS)
def test_entries_of_other_kinds_and_their_order_say_nothing(url: str, listed: list[EgressEntry]) -> None:
    backend_only = [each for each in listed if each.kind == "fetch.backend"]
    answer = Policy(listed, True).decide(url)
    assert Policy(backend_only, True).decide(url) == answer
    assert Policy(listed[::-1], True).decide(url)[1] == answer[1]


LABELS = st.from_regex(r"[a-z]([a-z0-9-]{0,6}[a-z0-9])?", fullmatch=True).filter(lambda text: text[2:4] != "--")


@given(LABELS, LABELS, LABELS)
def test_a_wildcard_is_for_names_below_its_name_alone(below: str, name: str, top: str) -> None:
    policy = Policy(backend(f"*.{name}.{top}"), True)
    assume(not policy.ignored)
    near = [f"{name}.{top}", f"{below}{name}.{top}", f"{below}-{name}.{top}", f"{name}.{top}.{below}"]
    near += [f"{below}.{name}.{top}.{below}", f"{below}.{name}x.{top}", f"{below}.{name}", f"{below}.x{top}"]
    for host in near:
        if not host.endswith(f".{name}.{top}"):
            assert not policy.decide(f"https://{host}/")[0].allow, host
    for host in (f"{below}.{name}.{top}", f"{below}.{below}.{name}.{top}"):
        assert policy.decide(f"https://{host}/")[0].allow, host


@given(RANDOMS, LISTS)
def test_a_redirect_gets_a_decision_whatever_it_says(rng: Random, listed: list[EgressEntry]) -> None:
    base, location = plain(rng, "x.com").text(), write_location(rng, ["x.com", "*.x.com", "evil.example"])
    assert is_whole(Policy(listed, True).decide(joined(base, location)))
