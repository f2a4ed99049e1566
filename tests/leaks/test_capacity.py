"""Bits that declared types let through."""

from __future__ import annotations

import math

import pytest

from forgesim.leaks.capacity import event_bits, key_bits, shown_bits, value_bits
from forgesim.manifest.keys import KeyPattern
from forgesim.manifest.model import Send, Store
from forgesim.manifest.types import Const, Content, Enum, Fields, Int, World

WORLD = World(ids={"page": frozenset(map(str, range(8)))}, now_ms=0)


def test_a_value_and_a_key_carry_what_their_choices_are_worth() -> None:
    store = Store(place="kvs", key=KeyPattern.parse("page:{page}"), audience="admins", value=Fields({"n": Int(0, 15)}))
    assert value_bits(store, WORLD) == pytest.approx(4)
    assert key_bits(store, WORLD) == pytest.approx(3)


def test_an_event_carries_the_sum_of_its_parts() -> None:
    send = Send(
        name="s",
        method=Const("POST"),
        path=Enum(("/a", "/b")),
        query=Fields({"n": Int(1, 4)}),
        body=Fields({"n": Int(0, 7)}),
    )
    assert event_bits(send, WORLD) == pytest.approx(6)


def test_content_has_no_bound() -> None:
    send = Send(name="s", method=Const("POST"), path=Const("/"), body=Fields({"html": Content()}))
    assert event_bits(send, WORLD) == math.inf


@pytest.mark.parametrize(
    ("bits", "shown"),
    [(0, "0 bits"), (1, "1 bit"), (3.0000000001, "3 bits"), (3.1, "4 bits"), (math.inf, "without bound")],
)
def test_bits_are_rounded_up(bits: float, shown: str) -> None:
    assert shown_bits(bits) == shown
