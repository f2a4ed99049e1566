"""Which events can come about: what is listed is what the emulated writes raise, and what a trigger may wait for."""

from __future__ import annotations

import pytest

from forgesim.gateway.emulated import is_raised, raised, routed, unraised
from forgesim.platform.trigger.limits import DOCUMENTED
from forgesim.products.confluence.events import RAISES as CONFLUENCE
from forgesim.products.jira.events import RAISES as JIRA

APP = "ari:cloud:ecosystem::app/5d4f7a0e-1111-4222-8333-444455556666"


def test_every_event_that_is_raised_is_documented_and_by_a_write_that_is_emulated() -> None:
    assert {name for names in raised().values() for name in names} <= set(DOCUMENTED)
    assert set(CONFLUENCE) <= routed()["confluence"]
    assert set(JIRA) <= routed()["jira"]


def test_a_documented_event_is_either_raised_or_told_of_as_never_raised() -> None:
    for product, names in raised().items():
        assert not names & unraised()[product]
        assert names | unraised()[product] == {each for each in DOCUMENTED if each.startswith(f"avi:{product}")}


@pytest.mark.parametrize(
    ("event", "is_it"),
    [
        ("avi:confluence:updated:page", True),
        ("avi:confluence:liked:page", False),
        ("avi:jira:viewed:issue", False),
        ("avi:forge:installed:app", True),
        ("avi:cloud:ecosystem::event/5d4f7a0e-1111-4222-8333-444455556666/mine", True),
        ("avi:cloud:ecosystem::event/another/mine", False),
        ("avi:ecosystem.app_policy:blocked:app_access_to_objects.v2", False),
    ],
)
def test_an_app_can_tell_what_comes_about(event: str, is_it: bool) -> None:
    assert is_raised(event, APP) is is_it
