"""Only a run can go live: its app reaches a real server, everything of it is recorded, and nothing of it holds."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from tests.egress.servers import HOST, Authority, Lookups, Server, answering
from tests.runtime.conftest import MakeHouse

from forgesim.claims.judge import judge
from forgesim.claims.kit import Outcome
from forgesim.egress.live import LiveEgress
from forgesim.errors import InputError, InternalError
from forgesim.ledger.read import Ledger, read
from forgesim.ledger.write import LedgerWriter
from forgesim.manifest.load import load_app
from forgesim.report.json import run_object
from forgesim.report.models import Ran as RanJson
from forgesim.runtime.live import announcement, open_live
from forgesim.runtime.running import Ran, counts, live_counts, run
from forgesim.runtime.simulator import RunCause
from forgesim.sandbox.host import Sandbox
from forgesim.site.generate import demo
from tests.conftest import MANIFEST, TRUST

PORT = 8443
HERE = f"127.{os.getpid() // 250 % 250 + 1}.{os.getpid() % 250 + 1}.9"
DECLARED = f"  external:\n    fetch:\n      backend: ['https://{HOST}:{PORT}', 'https://other.example.com']\n"
CALLS = f"""\
@resolver.define("call")
async def call(request):
    real = await api.fetch("https://{HOST}:{PORT}/measure", method="POST", json={{"count": 3}})
    made_up = await api.fetch("https://other.example.com/")
    return [real.status, await real.json(), made_up.status]
"""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def server(authority: Authority) -> Iterator[Server]:
    said = b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 11\r\n\r\n{"real":42}'
    with Server(authority.serves(HOST), answering(said), HERE, PORT) as opened:
        yield opened


def opened(authority: Authority) -> LiveEgress:
    return LiveEgress(hosts=frozenset({HOST}), allow_loopback=True, authorities=authority.file, look_up=Lookups([HERE]))


@pytest.fixture
def runs(make_app: Callable[..., Path], sandbox: Sandbox, tmp_path: Path) -> Callable[[LiveEgress | None], Ran]:
    app = load_app(make_app(CALLS, manifest=MANIFEST + DECLARED))

    def go(live: LiveEgress | None) -> Ran:
        path = tmp_path / "ledger.jsonl"
        return run(app, sandbox=lambda: sandbox, site=demo(1), function="call", ledger=path, catalog="1", live=live)

    return go


def test_an_app_meets_the_real_server_and_the_others_stay_simulated(
    runs: Callable[..., Ran], server: Server, authority: Authority
) -> None:
    ran = runs(opened(authority))
    assert ran.last.outcome.result == [200, {"real": 42}, 501]
    assert server.came == 1
    assert b"count" in server.log.requests[0].partition(b"\r\n\r\n")[2]
    assert live_counts(ran.ledger) == {HOST: 1}


def test_without_live_egress_the_same_app_reaches_nobody_and_says_nothing_of_it(
    runs: Callable[..., Ran], server: Server, tmp_path: Path
) -> None:
    ran = runs(None)
    assert ran.last.outcome.result[0] == 501
    assert (server.came, live_counts(ran.ledger)) == (0, {})
    assert b'"live"' not in (tmp_path / "ledger.jsonl").read_bytes()
    assert "live" not in run_object(ran, counts(ran.ledger), (), live_counts(ran.ledger))


def test_the_ledger_and_the_json_say_which_crossings_were_live(
    runs: Callable[..., Ran], server: Server, authority: Authority, tmp_path: Path
) -> None:
    ran = runs(opened(authority))
    found = read(tmp_path / "ledger.jsonl")
    went = [
        (c.decided.target, c.decided.live, c.answered.live) for c in found.crossings if c.answered and c.answered.live
    ]
    assert [(target, live, hop.peer, hop.tls) for target, live, hop in went if hop] == [
        (f"https://{HOST}:{PORT}/measure", True, f"{HERE}:{PORT}", "TLSv1.3")
    ]
    assert found.runs[1].live == (HOST,)
    said = run_object(ran, counts(found), (), live_counts(found))
    assert RanJson.model_validate(said).live == {HOST: 1}


def test_two_live_runs_of_the_same_thing_take_the_same_virtual_time(
    runs: Callable[..., Ran], server: Server, authority: Authority
) -> None:
    """Only the virtual clock: what a real server answers is its own."""

    def times(ledger: Ledger) -> list[int]:
        return [c.answered.at for c in ledger.crossings if c.answered]

    assert times(runs(opened(authority)).ledger) == times(runs(None).ledger)


def test_a_ledger_with_live_crossings_lets_nothing_hold_that_rests_on_what_ran(
    runs: Callable[..., Ran], server: Server, authority: Authority, make_app: Any
) -> None:
    ran = runs(opened(authority))
    verdicts = {verdict.claim: verdict for verdict in judge(ran.ledger, ran.app.trust)}
    doubted = verdicts["stores_only_aggregates"]
    assert doubted.outcome is not Outcome.HOLDS
    assert "left the machine" in str([evidence.why for evidence in verdicts["logs_hold_no_content"].evidence])


# --- who may not --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cause", [cause for cause in get_args(RunCause) if cause != "run"])
def test_no_stage_but_a_runs_takes_live_egress(
    make_house: MakeHouse, authority: Authority, server: Server, cause: RunCause
) -> None:
    house = make_house()
    with pytest.raises(InternalError, match=f"live egress is for run alone, and this stage is for {cause}"):
        house.simulator.stage(demo(1), cause=cause, label="x", live=opened(authority))
    assert all(run.live == () for run in house.ledger.runs.values())


def test_no_stage_of_a_trial_takes_live_egress(make_house: MakeHouse, authority: Authority) -> None:
    house, pen = make_house(), LedgerWriter()
    with pytest.raises(InternalError, match="live egress is for run alone"):
        house.simulator.stage(demo(1), cause="run", label="x", ledger=pen, live=opened(authority))
    pen.close()


# --- what a person asks for ---------------------------------------------------------------------------------------

WRONG: dict[str, tuple[list[str], dict[str, Any], str]] = {
    "a wildcard": (["*.example.com"], {}, "is no host name"),
    "everything": (["*"], {}, "is no host name"),
    "an undeclared host": ([HOST, "evil.example"], {}, "evil.example is no declared host"),
    "loopback and no host": ([], {"allow_loopback": True}, "--allow-loopback belongs to --live-egress"),
    "an authority and no host": ([], {"authorities": Path("x")}, "--live-ca belongs to --live-egress"),
    "an authority that is not there": ([HOST], {"authorities": Path("/nowhere/x")}, "No such file"),
    "an authority that is none": ([HOST], {"authorities": Path(__file__)}, "it holds no PEM certificates"),
}


@pytest.mark.parametrize(("hosts", "options", "says"), WRONG.values(), ids=WRONG.keys())
def test_what_cannot_go_live_is_told_before_anything_runs(
    make_app: Any, hosts: list[str], options: dict[str, Any], says: str
) -> None:
    app = load_app(make_app(CALLS, manifest=MANIFEST + DECLARED))
    with pytest.raises(InputError, match=says.replace("*", r"\*")):
        open_live(app, hosts, **{"allow_loopback": False, "authorities": None, **options})


def test_without_h11_live_egress_says_what_to_install(make_app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    app = load_app(make_app(CALLS, manifest=MANIFEST + DECLARED))
    monkeypatch.setitem(sys.modules, "h11", None)
    with pytest.raises(InputError, match=r"pip install 'forgesim\[live\]'"):
        open_live(app, [HOST], allow_loopback=False, authorities=None)


def test_what_is_opened_is_announced(make_app: Any, authority: Authority) -> None:
    app = load_app(make_app(CALLS, manifest=MANIFEST + DECLARED, trust=TRUST))
    live = open_live(app, [HOST.upper()], allow_loopback=True, authorities=authority.file)
    assert live is not None
    said = "\n".join(announcement(live, demo(1)))
    assert all(words in said for words in (HOST, "really leave this machine", demo(1).name, "127.0.0.0/8", "ca.pem"))
