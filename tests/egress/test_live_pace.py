"""A live host is asked no faster than it should be, and a run no longer than it may; time here is a fake's."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st
from tests.egress.servers import HOST, Authority, Server, answering, live, send

from forgesim.egress.broker import Broker
from forgesim.egress.deadline import Pace
from forgesim.egress.live import Connector
from forgesim.egress.live_limits import BURST, PER_SECOND

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


class RealTime:
    """A clock that only moves while somebody sleeps."""

    def __init__(self) -> None:
        self.at = 0.0

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds


def test_requests_beyond_a_hosts_pace_wait_for_their_turn(authority: Authority) -> None:
    time = RealTime()
    with Server(authority.serves(HOST), answering(OK)) as server:
        to = Broker({}, Connector(live=live(authority), now=time.now, sleep=time.sleep))
        for _ in range(BURST + 4):
            assert send(to, server.port).answer.status == 200
    assert time.at == pytest.approx(4 / PER_SECOND)


@given(st.lists(st.floats(0, 3), min_size=1, max_size=60))
def test_a_pace_lets_no_more_through_than_it_says(gaps: list[float]) -> None:
    time = RealTime()
    pace = Pace(BURST, PER_SECOND, time.now)
    turns = []
    for gap in gaps:
        time.at += gap
        time.at += pace.take()
        turns.append(time.at)
    for first in range(len(turns)):
        for last in range(first, len(turns)):
            allowed = BURST + (turns[last] - turns[first]) * PER_SECOND
            assert last - first + 1 <= allowed + 1e-6


def test_a_run_has_real_time_for_live_requests_and_then_no_more(authority: Authority) -> None:
    time = RealTime()
    with Server(authority.serves(HOST), answering(OK)) as server:
        to = Broker({}, Connector(live=live(authority, run_s=1.0), now=time.now, sleep=time.sleep))
        sent = [send(to, server.port) for _ in range(BURST + 10)]
    late = [each for each in sent if each.error is not None]
    assert late
    assert {each.answer.status for each in late} == {504}
    assert (sent[-1].error, sent[-1].peer) == ("ERR_LIFETIME_EXP: live egress has taken its 1 real s of this run", None)
    assert server.came == len(sent) - len(late)
