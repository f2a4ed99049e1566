"""How often users may call, with how much, and how much of it may go on to other hosts."""

from __future__ import annotations

import pytest

from forgesim.platform.invocation.service import ExternalBudget, Quota, Traffic


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


def test_the_rate_that_is_used_up_first_is_told_with_when_it_begins_anew() -> None:
    quota = Quota()
    rules(quota, 299)
    assert quota.standing("alice", 0) == (1_200, 299, 60_000)
    assert quota.standing("bob", 0) == (1_200, 0, 60_000)
    assert quota.standing(None, 0) == (7_000, 299, 60_000)
    rules(quota, 1)
    assert quota.standing("bob", 0) == (300, 300, 1_000)
    assert quota.standing("alice", 60_000) == (1_200, 0, 120_000)


def test_calls_of_urls_count_for_the_installation_and_for_no_user() -> None:
    quota = Quota()
    asked = [quota.take(None, 2, n * 8, by_url=True).rule for n in range(7_001)]
    assert asked == ["invocation"] * 7_000 + ["installation-rate"]
    assert quota.standing("alice", 56_008) == (7_000, 7_000, 60_000)


def test_a_minute_has_50_000_requests_to_other_hosts_and_100_000_with_those_to_products() -> None:
    traffic = Traffic()
    assert [traffic.external(59_999).rule for _ in range(50_001)] == ["external"] * 50_000 + ["egress-rate"]
    asked = [traffic.product(59_999, impersonates=False).rule for _ in range(50_001)]
    assert asked == ["external"] * 50_000 + ["network-rate"]
    traffic.egress = 0
    assert traffic.external(59_999).rule == "network-rate"
    assert traffic.external(60_000).allow


def test_a_minute_has_1_000_requests_for_people_who_did_not_call() -> None:
    traffic = Traffic()
    asked = [traffic.product(0, impersonates=True).rule for _ in range(1_001)]
    assert asked == ["external"] * 1_000 + ["impersonation-rate"]
    assert traffic.network == 1_000
    assert traffic.product(0, impersonates=False).allow
    assert traffic.product(60_000, impersonates=True).allow


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
