"""What a step's payload becomes for something in it to be as a condition asks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from forgesim.manifest.model import Step
from forgesim.proof.alter import altered_steps
from forgesim.site.open import open_site
from forgesim.source.solve import Want

SITE = open_site("demo", seed=1, base=Path.cwd())
PUT: dict[str, tuple[Any, tuple[str, ...], Any]] = {
    "a member": ({"a": 1}, ("mode",), {"a": 1, "mode": "x-7"}),
    "a member of a member": ({"of": {"a": 1}}, ("of", "mode"), {"of": {"a": 1, "mode": "x-7"}}),
    "a thing of a list": ({"modes": ["a", "b"]}, ("modes", "[]"), {"modes": ["x-7", "b"]}),
    "a thing of no list": ({"modes": "a"}, ("modes", "[]"), {"modes": ["x-7"]}),
    "a member of a thing": ({"all": [{"a": 1}]}, ("all", "[]", "mode"), {"all": [{"a": 1, "mode": "x-7"}]}),
    "the values of a map": ({"all": {"65": 1, "66": 2}}, ("all", "{}"), {"all": {"65": "x-7", "66": "x-7"}}),
    "a value of no map": ({}, ("all", "{}", "mode"), {"all": {"1": {"mode": "x-7"}}}),
}


@pytest.mark.parametrize(("given", "path", "made"), PUT.values(), ids=PUT.keys())
def test_a_payload_gets_what_is_wanted(given: Any, path: tuple[str, ...], made: Any) -> None:
    step = Step(kind="call", data={"as": "alice", "call": "scan", "with": given})
    (altered,) = altered_steps([step], SITE, [Want("payload", path, "x-7")])
    assert altered.data["with"] == made
    assert step.data["with"] == given
