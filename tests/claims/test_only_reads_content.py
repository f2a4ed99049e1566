"""only_reads_content"""

from __future__ import annotations

from typing import Any

import pytest

PUT = {"op": "PUT /wiki/api/v2/pages/{id}", "op_class": "content", "writes": True, "acts_as": "user"}


@pytest.mark.parametrize(("refused", "held"), [("scope", "refused it (scope)"), (None, "let it through")])
def test_a_page_write_breaks_it_alone_whether_or_not_it_is_refused(honest: Any, refused: Any, held: str) -> None:
    seq = honest.cross("confluence", "PUT", "/wiki/api/v2/pages/101", refused=refused, line="src/index.py:77", **PUT)
    assert list(honest.broken()) == ["only_reads_content"]
    (evidence,) = honest.broken()["only_reads_content"].evidence
    assert (evidence.seq, evidence.at) == (seq, "src/index.py:77")
    assert "PUT /wiki/api/v2/pages/{id} as user" in evidence.why
    assert held in evidence.why


def test_a_write_to_a_route_that_no_document_has_breaks_it(honest: Any) -> None:
    honest.cross("confluence", "PUT", "/wiki/rest/api/secret/1?x=1", writes=True, refused="unknown-route")
    assert "PUT /wiki/rest/api/secret/1 (in no document)" in honest.broken()["only_reads_content"].evidence[0].why


def test_app_data_and_configuration_are_not_content(honest: Any) -> None:
    honest.cross("property", "PUT", "/x/properties/1", op="PUT /x", op_class="app-data", writes=True, body={})
    honest.cross("confluence", "PUT", "/x", op="PUT /x", op_class="configuration", writes=True)
    assert "only_reads_content" not in honest.broken()


def test_probes_alone_exercise_it_where_every_content_write_is_refused_by_scope(blank: Any) -> None:
    blank.probe()
    verdict = blank.verdicts()["only_reads_content"]
    assert (verdict.outcome.value, verdict.strength.value) == ("HOLDS", "enforced")
    assert "as user and as app" in verdict.says


def test_one_probe_let_through_or_left_out_makes_it_no_control_of_the_platform(honest: Any) -> None:
    probes = [crossing for crossing in honest.ledger.crossings if crossing.decided.op_class == "content"]
    honest.ledger.crossings.remove([p for p in probes if p.decided.cause == "probe"][5])
    verdict = honest.verdicts()["only_reads_content"]
    assert (verdict.outcome.value, verdict.strength.value) == ("HOLDS", "observed")
    honest.cover(0)
    assert honest.outcomes()["only_reads_content"] == "UNPROVEN"


def test_a_refusal_for_want_of_a_user_is_no_refusal_by_scope(blank: Any) -> None:
    import msgspec

    from forgesim.decision import deny

    blank.behave()
    blank.finish()
    for crossing in blank.ledger.crossings:
        if crossing.decided.cause == "probe" and crossing.decided.acts_as == "user":
            crossing.decided = msgspec.structs.replace(crossing.decided, decision=deny("no-user", ""))
    assert blank.verdicts()["only_reads_content"].strength.value == "observed"
