"""How much an invocation may log."""

from __future__ import annotations

import pytest

from forgesim.platform.log.service import LogBudget


@pytest.mark.parametrize(("timeout_s", "lines"), [(25, 100), (60, 100), (60.5, 200), (900, 1500), (0, 100)])
def test_a_hundred_lines_per_started_minute(timeout_s: float, lines: int) -> None:
    budget = LogBudget(timeout_s)
    rules = [budget.take(10).rule for _ in range(lines + 2)]
    assert rules == ["log"] * lines + ["log-lines"] * 2


def test_bytes_add_up_to_200_kb() -> None:
    budget = LogBudget(25)
    assert budget.take(200 * 1024).allow
    assert budget.take(0).allow
    assert budget.take(1).rule == "log-bytes"


def test_a_refused_line_uses_nothing_up() -> None:
    budget = LogBudget(25)
    assert not budget.take(300_000).allow
    assert budget.take(10).allow
    assert (budget.lines, budget.size_bytes) == (1, 10)
