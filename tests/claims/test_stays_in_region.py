"""stays_in_region"""

from __future__ import annotations

from typing import Any

import pytest

from forgesim.claims.places import is_known, lies_in, region_in_host

NAME = "stays_in_region"


def place(book: Any, location: str, service: str = "{kind: posthog}") -> None:
    book.trust_text = book.trust_text.replace("location: United States", f"location: {location}")
    book.trust_text = book.trust_text.replace("{kind: posthog}", service)


@pytest.mark.parametrize(
    ("location", "service", "reason"),
    [
        ("Ireland", "{kind: posthog}", "names us, which is not in Ireland"),
        ("the cloud", "{kind: posthog}", "trust.yml says only 'the cloud'"),
        ("United States", "{kind: posthog, region: eu-west-1}", "runs in eu-west-1"),
        ("United States", "{kind: posthog, region: moon-1}", "runs in moon-1"),
    ],
)
def test_a_service_elsewhere_than_declared_breaks_it_alone(
    honest: Any, location: str, service: str, reason: str
) -> None:
    place(honest, location, service)
    assert list(honest.broken()) == [NAME]
    assert reason in honest.broken()[NAME].evidence[0].why


def test_a_row_in_another_region_breaks_it_alone(honest: Any) -> None:
    honest.rest("space:DOCS:score", {"score": 1, "pages": 2}, region="US")
    assert list(honest.broken()) == [NAME]
    assert honest.broken()[NAME].evidence[0].why == "1 row lies in US, the installation is in EU"


def test_a_row_follows_a_move_of_the_installation(honest: Any) -> None:
    honest.trust_text = honest.trust_text.replace(
        "      - {as: alice, call: scan}", "      - {as: alice, call: scan}\n      - {move: US}"
    )
    honest.rest("space:DOCS:score", {"score": 1, "pages": 2}, region="US")
    assert honest.broken() == {}


def test_it_applies_to_every_app_and_is_unproven_where_nothing_was_stored_or_sent(blank: Any) -> None:
    blank.run(first=True)
    blank.call()
    blank.read()
    blank.finish()
    verdict = blank.verdicts()[NAME]
    assert (verdict.outcome.value, verdict.says) == ("UNPROVEN", "nothing was stored, and nothing was sent")


def test_it_holds_as_inherited_and_says_which(honest: Any) -> None:
    verdict = honest.verdicts()[NAME]
    assert (verdict.outcome.value, verdict.strength.value) == ("HOLDS", "inherited")
    assert "inherited from the platform" in verdict.says
    assert "PostHog is declared to be in United States, and its hosts or service name the same" in verdict.says


@pytest.mark.parametrize(
    ("code", "location", "inside"),
    [
        ("us-east-1", "United States", True),
        ("us-east-1", "Virginia, USA", True),
        ("eu-central-1", "Frankfurt, Germany", True),
        ("eu-central-1", "EU", True),
        ("eu-west-2", "European Union", False),
        ("eu", "Ireland", True),
        ("us", "Australia", False),
        ("moon-1", "United States", None),
        ("eu-west-2", "Europe", True),
        ("us-east-1", "U.S.", True),
        ("us-east-1", "Not the United States", False),
        ("us-gov-west-1", "United States", True),
    ],
)
def test_a_region_is_in_a_country_or_a_union(code: str, location: str, inside: bool | None) -> None:
    assert lies_in(code, location) is inside


@pytest.mark.parametrize(
    ("host", "region"),
    [
        ("us.i.posthog.com", "us"),
        ("abc.execute-api.us-east-1.amazonaws.com", "us-east-1"),
        ("eu.example", None),
        ("api.eu.posthog.com", "eu"),
        ("s3-us-west-2.amazonaws.com", "us-west-2"),
        ("us-central1-run.googleapis.com", "us-central1"),
        ("de.render.example.com", "de"),
        ("render.de.example.com", None),
        ("render.example.com", None),
    ],
)
def test_a_host_may_name_its_region(host: str, region: str | None) -> None:
    assert region_in_host(host) == region


LOCATIONS = {
    "": False, "everywhere": False, "Business class": False, "contact us": False, "outside the EU": False,
    "Global (United States and others)": False, "USA": True, "us": True, "Tokyo, Japan": True, "Kyiv, Ukraine": True,
    "Czech Republic": True,
}  # fmt: skip


@pytest.mark.parametrize(("location", "known"), LOCATIONS.items())
def test_a_location_is_a_country(location: str, known: bool) -> None:
    assert is_known(location) is known


def test_an_app_that_can_neither_store_nor_send_has_nothing_to_place(blank: Any) -> None:
    blank.manifest["permissions"] = {"scopes": ["read:page:confluence"]}
    start, end = blank.trust_text.index("subprocessors:"), blank.trust_text.index("reads:")
    text = blank.trust_text[:start] + blank.trust_text[end:]
    start, end = text.index("stores:"), text.index("claims:")
    blank.trust_text = text[:start] + text[end:]
    assert blank.outcomes()[NAME] == "NOT_APPLICABLE"


def test_a_service_in_another_region_than_its_host_names_breaks_it(honest: Any) -> None:
    honest.trust_text = honest.trust_text.replace("us.i.posthog.com", "x.us-east-1.example.com").replace(
        "{kind: posthog}", "{kind: posthog, region: us-west-2}"
    )
    assert "says us-west-2" in honest.broken()[NAME].evidence[0].why
