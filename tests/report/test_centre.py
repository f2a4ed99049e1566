"""The trust centre's answers: each with what it rests on, and none for what was not looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from msgspec import structs
from tests.report.conftest import crossing, ledger, verdict

from forgesim.claims.kit import Outcome, Strength, Verdict
from forgesim.ledger.read import Crossing
from forgesim.manifest.model import EgressEntry, Manifest, Trust
from forgesim.report.centre import NOT_SHOWN, Answer, Centre, answers_of
from forgesim.report.centre_json import centre_object
from forgesim.report.models import Centre as Published
from forgesim.report.proved import Said, proved_of, sentence_outcome

Make = Callable[..., Centre]


@pytest.fixture
def centre(trust: Trust, manifest: Manifest) -> Make:
    def make(crossings: list[Crossing], *verdicts: Verdict) -> Centre:
        proved = proved_of(ledger(crossings), verdicts, trust)
        return Centre(proved=proved, answers=answers_of(proved, manifest, trust))

    return make


def answer(found: Centre, topic: str) -> Answer:
    return next(each for each in found.answers if each.topic == topic)


def test_what_the_catalog_has_no_claim_for_is_not_shown(centre: Make) -> None:
    found = centre([])
    for topic in ("Encryption in transit", "Encryption at rest", "Organisation", "How long stored data is kept"):
        assert answer(found, topic).basis == (NOT_SHOWN,)
        assert answer(found, topic).says.startswith("Not shown here: ")


def test_what_was_sent_names_the_manifest_the_crossings_and_who_was_not_declared(centre: Make) -> None:
    asked = [
        crossing(1, "egress", "https://metrics.example/"),
        crossing(2, "egress", "https://evil.example/", passes=False),
    ]
    found = answer(centre(asked, verdict("reaches_only_declared", Outcome.BROKEN)), "Data sent outside "
                   "Atlassian's platform")  # fmt: skip
    assert "The manifest declares https://metrics.example for the back end." in found.says
    assert "Metrics & <Co>: 1 request passed, 0 were refused." in found.says
    assert "evil.example, not declared: 0 requests passed, 1 was refused." in found.says
    assert found.basis == ("from manifest", "seen in 2 crossings", "reaches_only_declared: BROKEN")


def test_whose_service_logs_is_said_in_plain_words(centre: Make) -> None:
    line = crossing(1, "log")
    line.decided = structs.replace(line.decided, verb="service")
    told = answer(centre([line]), "Logs shared with others").says
    assert told.startswith("1 line was written to the log of the service that the app's maker runs at a subprocessor.")


def test_what_is_inherited_is_said_not_to_be_tested(centre: Make) -> None:
    held = verdict("stays_in_region", strength=Strength.INHERITED)
    found = answer(centre([], held), "Where stored data is kept")
    assert found.says.startswith("Holds (inherited: the platform's promise was not tested here): ")
    assert found.basis[0] == "stays_in_region: HOLDS, inherited"


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        (["HOLDS", "BROKEN", "ERROR"], "BROKEN"),
        (["HOLDS", "ERROR", "UNPROVEN"], "ERROR"),
        (["HOLDS", "UNPROVEN"], "UNPROVEN"),
        (["HOLDS", "NOT_APPLICABLE"], "HOLDS"),
        (["NOT_APPLICABLE"], "NOT_APPLICABLE"),
        (["HOLDS", None], "UNPROVEN"),
        ([], None),
    ],
)
def test_a_sentence_is_as_good_as_the_worst_of_its_claims(
    trust: Trust, outcomes: list[str | None], expected: str | None
) -> None:
    verdicts = [verdict(f"c{n}", Outcome(each)) for n, each in enumerate(outcomes) if each]
    proved = proved_of(ledger(), verdicts, trust)
    names = tuple(f"c{n}" for n in range(len(outcomes)))
    assert sentence_outcome(proved, Said(says="s", claims=names, untestable=None)) == expected


def test_its_json_is_of_the_published_shape(centre: Make) -> None:
    asked = [crossing(1, "egress", "https://metrics.example/")]
    made = centre_object(centre(asked, verdict("only_reads_content")))
    found = Published.model_validate(made, strict=True)
    assert [each.outcome for each in found.sentences] == ["HOLDS", "UNPROVEN", None]
    assert found.sentences[0].claims[0].strength == "tested"
    assert (found.subprocessors[0].name, found.subprocessors[0].passed) == ("Metrics & <Co>", 1)


def test_what_a_browser_loads_is_told_apart(trust: Trust, manifest: Manifest) -> None:
    fonts = EgressEntry(kind="fonts", address="https://fonts.example")
    wider = replace(manifest, egress=(*manifest.egress, fonts))
    proved = proved_of(ledger(), [], trust)
    told = answers_of(proved, wider, trust)
    says = next(each.says for each in told if each.topic.startswith("Data sent outside"))
    assert "For what a browser loads it declares https://fonts.example; no browser was run." in says
