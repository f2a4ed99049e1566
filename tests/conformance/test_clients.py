"""Atlassian's own packages, unmodified, on forgesim's gateway: each case as its client says it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from forgesim.conformance.bridge import Bridge
from forgesim.conformance.case import Case, load_cases
from forgesim.conformance.compare import unlike
from forgesim.conformance.play import Bench, invocation_of

pytestmark = pytest.mark.node

CASES = [case for case in load_cases() if case.client is not None]


def wanted(case: Case) -> dict[str, Any]:
    """What the package must return, or throw."""
    client, expect = case.client, case.expect
    assert client is not None
    if client.refuses is not None:
        return {"threw": {}}
    if client.throws is not None:
        return {"threw": client.throws}
    if client.returns is not msgspec.UNSET:
        return {"returned": client.returns}
    return {"threw": {"code": expect.code, "status": expect.status}}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_real_package_gets_what_the_case_says(bench: Bench, node: Bridge, case: Case) -> None:
    ask, client = case.ask, case.client
    assert ask is not None
    assert client is not None
    if row := bench.play(case).unlike:
        pytest.xfail(f"ours differs by itself: {'; '.join(row)}")
    with bench.stage(case) as before:
        told = node.ask(before.stage, invocation_of(before.stage, ask.user), {"js": client.js})
    assert not before.astray
    assert not list(unlike(wanted(case), told, "the client")), told
    if client.refuses is not None:
        assert client.refuses in told["threw"]["message"]
        assert node.crossed == 0
