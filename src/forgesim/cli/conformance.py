"""``forgesim conformance``."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from forgesim.conformance.case import load_cases
from forgesim.conformance.play import Row, opened_bench
from forgesim.report.conformance import conformance_lines, conformance_object, score

__all__ = ["conformance", "exit_code"]


def conformance(*, only: str | None, as_json: bool) -> int:
    """Play every case, or those of an area; 1 where a measured row is not the same. Raises InputError for an unknown
    area."""
    cases = load_cases(only)
    with opened_bench() as bench:
        rows = bench.play_all(cases)
    if as_json:
        sys.stdout.write(json.dumps(conformance_object(rows), ensure_ascii=False) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in conformance_lines(rows))
    return exit_code(rows)


def exit_code(rows: Sequence[Row]) -> int:
    """1 where a measured row is not the same; other rows decide nothing."""
    same, every = score(rows, "measured")
    return 0 if same == every else 1
