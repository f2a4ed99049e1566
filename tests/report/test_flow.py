"""What flowed where: counted by party and way, refused apart, and nothing of forgesim's own among it."""

from __future__ import annotations

from tests.report.conftest import crossing, ledger, run, witness

from forgesim.claims.case import Case
from forgesim.ledger.read import Ledger
from forgesim.manifest.model import Trust
from forgesim.report.flow import MOST_HOSTS, Stream, flow_of


def streams(found: Ledger, trust: Trust) -> dict[str, Stream]:
    return {f"{each.kind} {each.name}": each for each in flow_of(Case(found, trust)).streams}


def test_reads_show_what_was_read_and_writes_are_apart(trust: Trust) -> None:
    found = streams(
        ledger([
            crossing(1, "confluence", reads=("page/1", "page/2")),
            crossing(2, "confluence", reads=("page/2", "user/3")),
            crossing(3, "confluence", passes=False, status=401),
            crossing(4, "confluence", writes=True, passes=False, status=401),
            crossing(5, "kvs", status=404),
            crossing(6, "kvs", writes=True),
        ]),
        trust,
    )  # fmt: skip
    read = found["read Confluence"]
    assert (read.into, read.passed, read.refused, read.detail) == (True, 2, 1, "2 pages, 1 user")
    assert (found["write Confluence, writes"].passed, found["write Confluence, writes"].refused) == (0, 1)
    assert (found["read back Key-value store"].failed, found["stored Key-value store"].failed) == (1, 0)
    assert found["calls Calls by people"].passed == 1


def test_requests_go_to_the_party_that_is_declared_else_to_a_host_of_their_own(trust: Trust) -> None:
    found = streams(
        ledger([
            crossing(1, "egress", "https://metrics.example/a"),
            crossing(2, "egress", "https://metrics.example.evil.example/a", passes=False),
            crossing(3, "egress", "nonsense", passes=False),
            crossing(4, "log", "group", status=None),
        ]),
        trust,
    )  # fmt: skip
    assert found["declared Metrics & <Co>"].passed == 1
    assert found["undeclared metrics.example.evil.example"].refused == 1
    assert found["undeclared no valid address"].refused == 1
    assert (found["log App log"].passed, found["log App log"].failed) == (1, 0)


def test_many_undeclared_hosts_become_one_and_no_request_is_lost(trust: Trust) -> None:
    asked = [crossing(n, "egress", f"https://h{n}.example/", passes=False) for n in range(1, 31)]
    found = [each for each in flow_of(Case(ledger(asked), trust)).streams if each.kind == "undeclared"]
    assert len(found) == MOST_HOSTS + 1
    assert sum(each.refused for each in found) == 30
    assert {each.name for each in found if each.name.endswith("hosts")} == {"22 more hosts"}


def test_probes_and_controls_are_no_flow_of_the_app(trust: Trust) -> None:
    made = ledger(
        [
            crossing(1, "egress", "https://a.example/", passes=False, cause="probe", number=2),
            crossing(2, "confluence", cause="probe", number=2),
            crossing(3, "kvs", number=3),
        ],
        runs=[run(), run(2, "probe"), run(3, "control")],
    )
    flow = flow_of(Case(made, trust))
    assert [each.kind for each in flow.streams] == ["calls"]
    assert (flow.probes, flow.probes_refused) == (2, 1)


def test_a_wall_that_the_app_met_is_told_as_refused(trust: Trust) -> None:
    made = ledger()
    made.witnesses = [witness(), witness(refused=False)]
    found = streams(made, trust)["kernel Kernel"]
    assert (found.passed, found.refused, found.group) == (1, 1, "outside")
