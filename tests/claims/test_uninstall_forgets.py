"""uninstall_forgets"""

from __future__ import annotations

from typing import Any

import pytest

NAME = "uninstall_forgets"


def why(book: Any) -> str:
    broken = book.broken()
    assert list(broken) == [NAME]
    return " | ".join(item.why for item in broken[NAME].evidence)


def test_a_property_that_stays_on_a_page_breaks_it_alone(honest: Any) -> None:
    honest.remove(score={"score": 1})
    assert why(honest) == "the property score of page/101 is still there once the app is uninstalled"


def send_ids(book: Any, retention: str) -> None:
    """The app sends which page it looked at to a party that says how long it keeps what it gets."""
    book.trust_text = book.trust_text.replace("{count: int 0..1000}", "{count: int 0..1000, page: id page?}").replace(
        "retention: Counts only", f"retention: {retention}")  # fmt: skip
    book.send({"api_key": "phc_demo", "event": "page_checked", "distinct_id": "pulse",
               "properties": {"count": 1, "page": "101"}})  # fmt: skip


def test_a_copy_with_a_subprocessor_that_keeps_it_breaks_it(honest: Any) -> None:
    send_ids(honest, "30 days")
    assert why(honest) == "a copy stays with PostHog (retention: 30 days), which is not told"


def test_a_subprocessor_that_says_it_keeps_nothing_leaves_it_open(honest: Any) -> None:
    send_ids(honest, "none")
    verdict = honest.verdicts()[NAME]
    assert (honest.broken(), verdict.outcome.value) == ({}, "UNPROVEN")
    assert "nobody looked whether it does" in verdict.says


def test_so_does_one_that_is_told_when_the_app_goes(honest: Any) -> None:
    honest.manifest["modules"]["preUninstall"] = [{"key": "last", "function": "bye"}]
    honest.manifest["modules"]["function"].append({"key": "bye", "handler": "index.bye"})
    send_ids(honest, "30 days")
    honest.call("event", principal=None, resolver=None)
    opened = honest.ledger.invocations[honest.inv]
    opened.open = type(opened.open)(**{**{f: getattr(opened.open, f) for f in opened.open.__struct_fields__},
                                       "function": "bye"})  # fmt: skip
    honest.send()
    verdict = honest.verdicts()[NAME]
    assert (NAME in honest.broken(), verdict.outcome.value) == (False, "UNPROVEN")
    assert "whether it then erases its copies is its word" in verdict.says


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda book: book.trial("reinstalled", pair=7, b="y"), "where the app was used before"),
        (lambda book: book.read(refused="uninstalled"), "is tried after the app was uninstalled"),
    ],
    ids=["a new installation that finds the old one", "a request afterwards"],
)
def test_what_is_found_or_tried_again_breaks_it(honest: Any, spoil: Any, reason: str) -> None:
    spoil(honest)
    assert reason in why(honest)


def test_an_app_that_keeps_and_sends_nothing_has_nothing_to_forget(blank: Any) -> None:
    blank.manifest["permissions"] = {"scopes": ["read:page:confluence"]}
    start, end = blank.trust_text.index("subprocessors:"), blank.trust_text.index("reads:")
    text = blank.trust_text[:start] + blank.trust_text[end:]
    start, end = text.index("stores:"), text.index("logs:")
    blank.trust_text = text[:start] + text[end:]
    assert blank.outcomes()[NAME] == "NOT_APPLICABLE"


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda book: book.ledger.removals.clear(), "never uninstalled after it had stored or sent"),
        (lambda book: book.ledger.trials.__setitem__(
            slice(None), [t for t in book.ledger.trials if t.channel != "reinstalled"]),
         "never installed again"),
    ],
    ids=["not uninstalled", "not installed again"],
)  # fmt: skip
def test_without_its_exercise_it_is_unproven(honest: Any, spoil: Any, says: str) -> None:
    spoil(honest)
    verdict = honest.verdicts()[NAME]
    assert verdict.outcome.value == "UNPROVEN"
    assert says in verdict.says


def test_it_holds_and_says_what_is_the_platforms_part(honest: Any) -> None:
    verdict = honest.verdicts()[NAME]
    assert (verdict.outcome.value, verdict.strength.value) == ("HOLDS", "inherited")
    assert "inherited from the platform" in verdict.says
