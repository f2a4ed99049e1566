"""Code and requests that no record shows: made at run time, lying beside the app, left over, of a service unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.attacks.conftest import Judge

HIDDEN = [
    pytest.param("getattr(print.__self__, 'ex' + 'ec')('x = 1', {})", "runs code that it makes", id="exec by a detour"),
    pytest.param("__import__('timeit').timeit('1', number=1)", "runs code that it makes", id="the library runs it"),
    pytest.param(
        "sys.path.insert(0, os.path.dirname(os.path.dirname(__file__)) + '/static')\nimport beside",
        "runs /static/beside.py",
        id="a module beside src",
    ),
    pytest.param("call.__code__.co_consts", "looks into __code__", id="the bytes that coverage sets"),
    pytest.param("sys._getframe().f_back", "looks at its callers", id="frames"),
    pytest.param("asyncio.get_running_loop().call_later(1, print)", "a timer outlives", id="a timer that is left over"),
    pytest.param("asyncio.create_task(asyncio.sleep(9))", "the task sleep outlives", id="a task that is left over"),
]


@pytest.mark.parametrize(("what", "why"), HIDDEN)
def test_what_coverage_cannot_follow_leaves_claims_open(judged: Judge, what: str, why: str) -> None:
    verdicts = judged(what, beside="x = 1\n")
    assert verdicts["stores_only_aggregates"].outcome.value == "UNPROVEN"
    assert any(why in item.why for item in verdicts["stores_only_aggregates"].evidence)
    assert verdicts["reaches_only_declared"].outcome.value == "HOLDS"


@pytest.mark.parametrize("kind", ["graphql", "sql", "os"])
def test_a_service_that_nobody_emulates_may_do_anything(judged: Judge, kind: str) -> None:
    verdicts = judged(f"await ask({kind!r}, '/', text)")
    assert verdicts["only_reads_content"].outcome.value == "UNPROVEN"
    assert verdicts["reaches_only_declared"].outcome.value == "UNPROVEN"
