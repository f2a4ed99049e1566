"""keeps_no_personal_data"""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

NAME = "keeps_no_personal_data"


def why(book: Any) -> str:
    return " | ".join(item.why for item in book.broken()[NAME].evidence)


def test_an_account_id_in_a_log_breaks_it_alone(honest: Any, person: tuple[str, str, str]) -> None:
    honest.log(f"asked by {person[0]}", line="src/index.py:5")
    assert list(honest.broken()) == [NAME]
    (evidence,) = honest.broken()[NAME].evidence
    assert evidence.why.startswith("logs an account id of a person")
    assert evidence.at == "src/index.py:5"


@pytest.mark.parametrize("which", [0, 1, 2], ids=["account id", "name", "mail"])
@pytest.mark.parametrize("how", ["as it is", "hashed"])
def test_what_identifies_a_person_is_found_in_stores_and_requests(
    honest: Any, person: tuple[str, str, str], which: int, how: str
) -> None:
    text = person[which] if how == "as it is" else hashlib.sha256(person[which].lower().encode()).hexdigest()
    honest.store("space:DOCS:score", {"score": 1, "who": text})
    assert NAME in honest.broken()
    assert "stores" in why(honest)
    honest.send({"who": text})
    assert "sends" in why(honest)


def test_a_person_named_in_page_text_is_the_page_texts_matter(honest: Any, page_text: str) -> None:
    people = [text for text in honest.ledger.runs[1].index.texts if text[2] == "name"]
    assert people
    honest.store("space:DOCS:score", f"{page_text} Ask {people[0][3]} about it.")
    assert list(honest.broken()) == ["stores_only_aggregates"]


def keep_ids(book: Any, person: tuple[str, str, str]) -> None:
    book.trust_text = book.trust_text.replace("pages: int 0..1000}", "pages: int 0..1000, by: id account?}")
    book.store("space:DOCS:score", {"score": 1, "pages": 1, "by": person[0]})


def test_a_declared_account_id_is_unproven_until_it_is_reported(honest: Any, person: tuple[str, str, str]) -> None:
    keep_ids(honest, person)
    verdict = honest.verdicts()[NAME]
    assert (honest.broken(), verdict.outcome.value) == ({}, "UNPROVEN")
    assert "without the scope report:personal-data they cannot be reported" in verdict.says


BEFORE, AFTER = "2026-01-05T09:00:00.000Z", "2026-03-05T09:00:00.000Z"


def live_through(book: Any, person: tuple[str, str, str], status: str, *, reported: bool = True) -> None:
    """The app keeps a declared id for a week and reports it, and then the account is closed or changes."""
    scopes = book.manifest["permissions"]["scopes"]
    scopes.append("report:personal-data")
    keep_ids(book, person)
    if reported:
        book.report((person[0], BEFORE))
    book.profile(person[0], status)


def row(person: tuple[str, str, str]) -> dict[str, object]:
    return {"score": 1, "pages": 1, "by": person[0]}


def test_an_id_that_stays_though_its_account_is_closed_breaks_it(honest: Any, person: tuple[str, str, str]) -> None:
    live_through(honest, person, "closed")
    honest.report((person[0], BEFORE), told="closed")
    honest.rest("space:DOCS:score", row(person))
    broken = honest.broken()[NAME]
    assert "keeps the id of user/" in broken.evidence[0].why
    assert broken.says == "it keeps whom it was told to forget"


def test_an_id_reported_as_it_was_though_it_changed_breaks_it(honest: Any, person: tuple[str, str, str]) -> None:
    live_through(honest, person, "updated")
    honest.report((person[0], BEFORE), told="updated")
    honest.report((person[0], BEFORE), told="updated")
    assert "as it was before" in honest.broken()[NAME].evidence[0].why


@pytest.mark.parametrize(
    ("reported", "later", "says"),
    [(False, False, "kept for a week and not reported"), (True, False, "and the app did not ask")],
)
def test_an_app_that_does_not_ask_in_time_leaves_it_open(
    honest: Any, person: tuple[str, str, str], reported: bool, later: bool, says: str
) -> None:
    live_through(honest, person, "closed", reported=reported)
    honest.rest("space:DOCS:score", row(person))
    verdict = honest.verdicts()[NAME]
    assert (NAME in honest.broken(), verdict.outcome.value) == (later, "UNPROVEN")
    assert says in " | ".join(item.why for item in verdict.evidence)


def test_an_app_that_reports_erases_and_refreshes_holds(honest: Any, person: tuple[str, str, str]) -> None:
    live_through(honest, person, "closed")
    honest.report((person[0], BEFORE), told="closed")
    honest.rest("space:DOCS:score", {"score": 1, "pages": 1, "by": None})
    honest.run()
    honest.call()
    honest.report((person[0], BEFORE))
    honest.profile(person[0], "updated")
    honest.report((person[0], BEFORE), told="updated")
    honest.report((person[0], AFTER))
    verdict = honest.verdicts()[NAME]
    assert verdict.outcome.value == "HOLDS", verdict
    assert "declared ids, which are reported and erased" in verdict.says


def test_a_name_beside_a_declared_id_breaks_it(honest: Any, person: tuple[str, str, str]) -> None:
    keep_ids(honest, person)
    honest.log(person[1])
    assert NAME in honest.broken()


def test_an_app_that_keeps_nothing_has_nothing_to_look_at(blank: Any) -> None:
    blank.manifest["permissions"] = {"scopes": ["read:page:confluence"]}
    start, end = blank.trust_text.index("subprocessors:"), blank.trust_text.index("reads:")
    text = blank.trust_text[:start] + blank.trust_text[end:]
    start, end = text.index("stores:"), text.index("claims:")
    blank.trust_text = f"{text[:start]}logs: nothing\n{text[end:]}"
    assert blank.outcomes()[NAME] == "NOT_APPLICABLE"


def test_without_twin_trials_it_is_unproven(honest: Any) -> None:
    honest.ledger.trials = [trial for trial in honest.ledger.trials if trial.channel != "logged"]
    verdict = honest.verdicts()[NAME]
    assert (verdict.outcome.value, verdict.says) == ("UNPROVEN", "no twin trial was run on what is logged")


def test_it_holds_and_says_what_it_looked_at(honest: Any) -> None:
    verdict = honest.verdicts()[NAME]
    assert (verdict.outcome.value, verdict.strength.value) == ("HOLDS", "tested")
    assert "2 stored, 1 sent, 1 logged" in verdict.says


def test_what_other_account_ids_change_breaks_it_alone(honest: Any) -> None:
    honest.trial("people", pair=9, b="y")
    assert list(honest.broken()) == [NAME]
    assert "where people have other account ids" in why(honest)


def test_without_a_trial_under_other_account_ids_it_is_unproven(honest: Any) -> None:
    honest.ledger.trials = [trial for trial in honest.ledger.trials if trial.channel != "people"]
    assert honest.verdicts()[NAME].says == "'scan' was not played under other account ids"
