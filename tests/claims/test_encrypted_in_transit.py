"""encrypted_in_transit"""

from __future__ import annotations

from typing import Any

import pytest

NAME = "encrypted_in_transit"
HOST = "us.i.posthog.com"


@pytest.mark.parametrize("refused", [None, "scheme"])
def test_a_request_in_clear_text_breaks_it_alone(honest: Any, refused: str | None) -> None:
    honest.send(url=f"http://{HOST}/capture/", refused=refused)
    assert list(honest.broken()) == [NAME]
    (evidence,) = honest.broken()[NAME].evidence
    held = "the platform let it through" if refused is None else "the platform refused it (scheme)"
    assert evidence.why == f"asks {HOST} over http: {held}"


@pytest.mark.parametrize("url", [f"ht\ttp://{HOST}/", f"http://{HOST}\\[x", f"http:\\\\{HOST}", f"\x01http:///{HOST}/"])
def test_clear_text_however_it_is_spelt_is_clear(honest: Any, url: str) -> None:
    honest.send(url=url, refused="not-https")
    assert NAME in honest.broken()


def test_a_platform_that_would_allow_it_breaks_it(honest: Any) -> None:
    honest.cross("egress", "POST", f"http://{HOST}/", cause="probe", line=None)
    assert list(honest.broken()) == [NAME]


@pytest.mark.parametrize("url", ["https://US.I.posthog.com/capture/", f" HTTPS://{HOST}/capture/"])
def test_https_however_it_is_spelt_is_encrypted(honest: Any, url: str) -> None:
    honest.send(url=url)
    assert NAME not in honest.broken()


@pytest.mark.parametrize(
    ("call", "target", "clear"),
    [
        ("urllib.Request", f"GET http://{HOST}/", True),
        ("urllib.Request", f"GET https://{HOST}/", False),
        ("http.client.connect", f"connect to {HOST}:80 by HTTP", True),
        ("http.client.connect", f"connect to {HOST}:443 by HTTP", False),
        ("smtplib.connect", f"connect to {HOST}:25 by SMTP", True),
        ("open", "read 'http://'", False),
    ],
)
def test_clear_text_past_the_platform_breaks_it_too(honest: Any, call: str, target: str, clear: bool) -> None:
    honest.witness("audit", call, target, "src/index.py:9")
    assert (NAME in honest.broken()) is clear


def test_a_remote_in_clear_text_breaks_it(honest: Any) -> None:
    honest.manifest["remotes"] = [{"key": "r", "baseUrl": f"http://{HOST}", "operations": ["fetch"]}]
    assert "not encrypted" in honest.broken()[NAME].evidence[0].why


def test_an_app_without_egress_sends_nothing_to_encrypt(honest: Any) -> None:
    honest.manifest["permissions"].pop("external")
    start, end = honest.trust_text.index("subprocessors:"), honest.trust_text.index("reads:")
    honest.trust_text = honest.trust_text[:start] + honest.trust_text[end:]
    assert honest.outcomes()[NAME] == "NOT_APPLICABLE"


def test_without_a_probe_of_the_declared_host_it_is_unproven(honest: Any) -> None:
    honest.ledger.crossings = [c for c in honest.ledger.crossings if not c.decided.target.startswith("http:")]
    assert honest.outcomes()[NAME] == "UNPROVEN"


def test_unconfined_it_is_unproven(honest: Any) -> None:
    honest.sandbox = "none"
    assert "unconfined" in honest.verdicts()[NAME].says
    assert honest.outcomes()[NAME] == "UNPROVEN"


def test_it_holds_by_what_the_platform_refuses(honest: Any) -> None:
    verdict = honest.verdicts()[NAME]
    assert (verdict.outcome.value, verdict.strength.value, verdict.crossings) == ("HOLDS", "enforced", 2)
