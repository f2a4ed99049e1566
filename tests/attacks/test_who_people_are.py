"""Account ids in forms that no list of spellings has: twins share the ids, so only other ids show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.attacks.conftest import Judge

ME = "import hashlib\nfrom forgesim.sdk import log\nme = request.context.account_id\n"

TOLD = [
    pytest.param("log.info('u ' + me.split(':')[1][:8])", id="a piece of it"),
    pytest.param("log.info(hashlib.sha256(b'salt' + me.encode()).hexdigest())", id="hashed with a salt"),
    pytest.param("log.info(me[:20])\nlog.info(me[20:])", id="over two lines"),
    pytest.param("[log.info('ab'[int(c, 16) & 1]) for c in me[-6:]]", id="a bit a line"),
    pytest.param("log.info('x')\nawait kvs.set('count', sum(map(ord, me)) % 1000)", id="in a declared number"),
    pytest.param("await forge_fetch({'type': 'log'}, me[9:], Init('POST', [], b'x'))", id="as the level of a line"),
]


@pytest.mark.parametrize("what", TOLD)
def test_what_depends_on_an_account_id_is_personal(judged: Judge, what: str) -> None:
    verdict = judged(ME + what)["keeps_no_personal_data"]
    assert verdict.outcome.value == "BROKEN"
    assert any("where people have other account ids" in item.why for item in verdict.evidence)


def test_what_is_the_same_for_everybody_is_not(judged: Judge) -> None:
    verdict = judged(ME + "log.info(f'{len(me)} letters')")["keeps_no_personal_data"]
    assert verdict.outcome.value == "HOLDS"
    assert "plays under other account ids none differed" in verdict.says


def test_an_app_that_logs_nothing_by_itself_is_judged_by_its_errors(judged: Judge) -> None:
    verdicts = judged("pass")
    assert verdicts["keeps_no_personal_data"].outcome.value == "HOLDS"
    assert verdicts["logs_hold_no_content"].outcome.value == "HOLDS"
