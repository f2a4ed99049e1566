"""How often users may call, with how much, and how much of it may go on to other hosts."""

from __future__ import annotations

import pytest

from forgesim.platform.invocation.service import ExternalBudget, Quota


def rules(quota: Quota, times: int, *, user: str = "alice", now_ms: int = 0) -> list[str]:
    return [quota.take(user, 2, now_ms, front_end=True).rule for _ in range(times)]


def test_a_second_has_300_invocations_of_an_installation() -> None:
    quota = Quota()
    assert rules(quota, 301) == ["invocation"] * 300 + ["installation-rate"]
    assert rules(quota, 1, now_ms=999) == ["installation-rate"]
    assert rules(quota, 1, now_ms=1_000) == ["invocation"]


def test_a_minute_has_1200_of_one_user_and_7000_of_all() -> None:
    quota = Quota()
    for second in range(5):
        rules(quota, 240, now_ms=second * 1_000)
    assert rules(quota, 1, now_ms=5_000) == ["user-rate"]
    asked = [rules(quota, 1, user=f"u{n % 100}", now_ms=6_000 + n * 8)[0] for n in range(5_801)]
    assert asked == ["invocation"] * 5_800 + ["installation-rate"]
    assert rules(quota, 1, now_ms=60_000) == ["invocation"]


def test_nobodys_invocations_have_no_rate() -> None:
    quota = Quota()
    assert {quota.take(None, 2, 0, front_end=False).rule for _ in range(10_000)} == {"invocation"}


@pytest.mark.parametrize(
    ("size", "front_end", "rule"),
    [(500_000, True, "invocation"), (500_001, True, "payload-size"), (5_000_000, False, "invocation"),
     (5_000_001, False, "payload-size")],
)  # fmt: skip
def test_a_payload_has_a_size(size: int, front_end: bool, rule: str) -> None:
    assert Quota().take("alice", size, 0, front_end=front_end).rule == rule


@pytest.mark.parametrize(("timeout_s", "most"), [(25, 100), (55, 100), (61, 200), (900, 1_500)])
def test_a_hundred_external_requests_per_started_minute(timeout_s: float, most: int) -> None:
    budget = ExternalBudget(timeout_s)
    assert [budget.take().allow for _ in range(most + 1)] == [True] * most + [False]
