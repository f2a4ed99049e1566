"""What leaves is judged by others than the policy; holes are found, made small, and shown by a test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.fuzz.conftest import HOLES, FollowingTransport

from forgesim.decision import Decision, allow
from forgesim.egress.policy import Policy, Target
from forgesim.egress.recorder import RecordingTransport
from forgesim.egress.subprocessors.service import ServiceRequest, SimulatedService
from forgesim.fuzz.campaign import Case
from forgesim.fuzz.drive import drive
from forgesim.fuzz.egress import EgressCampaign
from forgesim.manifest.load import load_app
from forgesim.manifest.model import App
from forgesim.runtime.fuzzing import Rig
from forgesim.sandbox.host import Sandbox
from forgesim.seam import Answer
from tests.conftest import MANIFEST


def asked(url: str, *, locations: tuple[str, ...] = (), **given: Any) -> Case:
    plain = {"url": url, "method": "GET", "headers": [], "body": "", "redirect": "follow", "status": 302}
    return [{**plain, "locations": list(locations), **given}]


@pytest.mark.parametrize(("rig", "kind"), HOLES.values(), ids=HOLES)
def test_a_hole_is_found_and_made_small(rig: Rig, kind: str, pulse: App, confined: Sandbox, corpus: Path) -> None:
    campaign = EgressCampaign(pulse, sandbox=confined, rig=rig)

    tally = drive(campaign, seed=0, seconds=60, corpus=corpus, most=300)

    campaign.close()
    found = {finding.kind: finding for finding in tally.findings}[kind]
    assert len(found.case) == 1
    assert len(found.case[0]["url"]) + len("".join(found.case[0]["locations"])) < 90
    assert found.reproduced


def test_the_policy_lets_nothing_undeclared_out(pulse: App, confined: Sandbox, corpus: Path) -> None:
    campaign = EgressCampaign(pulse, sandbox=confined)

    tally = drive(campaign, seed=1, seconds=60, corpus=corpus, most=150)

    campaign.close()
    assert tally.findings == ()
    assert tally.tried > tally.cases == 150
    assert 0.2 < tally.allowed / tally.tried < 0.9


def test_from_an_app_that_declares_nothing_nothing_leaves(syncup: App, confined: Sandbox, corpus: Path) -> None:
    campaign = EgressCampaign(syncup, sandbox=confined)

    tally = drive(campaign, seed=1, seconds=60, corpus=corpus, most=100)

    campaign.close()
    assert tally.findings == ()
    assert tally.allowed == 0 < tally.tried


WIDE = """\
  external:
    fetch:
      backend:
        - "*.allowed.com"
        - https://api.example.org:8443
        - wss://socket.example.org
"""


def test_wildcards_and_ports_let_nothing_else_out(
    make_app: Callable[..., Path], confined: Sandbox, corpus: Path
) -> None:
    app = load_app(make_app("", manifest=MANIFEST + WIDE))
    campaign = EgressCampaign(app, sandbox=confined)

    tally = drive(campaign, seed=1, seconds=60, corpus=corpus, most=150)

    campaign.close()
    assert tally.findings == ()
    assert tally.allowed > 100


DECLARED = "https://us.i.posthog.com/"
CASES = {
    "a declared place": (asked(DECLARED), 1, 1),
    "a stranger": (asked("https://evil.example/"), 1, 0),
    "a redirect to a stranger": (asked(DECLARED, locations=("https://evil.example/",)), 2, 1),
    "a redirect that is followed": (asked(DECLARED, locations=("/a", "b")), 3, 3),
    "a redirect that is not followed": (asked(DECLARED, locations=("/a",), redirect="manual"), 1, 1),
    "a header that breaks the line": (asked(DECLARED, headers=[["x-a", "1\r\nhost: b"]]), 1, 1),
    "a method that is none": (asked(DECLARED, method="G\r\nET"), 1, 1),
    "a text that fits no frame": (asked("https://" + "a" * 300_000), 0, 0),
}


@pytest.mark.parametrize(("case", "tried", "allowed"), CASES.values(), ids=CASES)
def test_what_the_platform_does_is_no_finding(
    case: Case, tried: int, allowed: int, pulse: App, confined: Sandbox
) -> None:
    campaign = EgressCampaign(pulse, sandbox=confined)
    finding = campaign.attempt(case)
    campaign.close()
    assert finding is None
    assert (campaign.tried, campaign.allowed) == (tried, allowed)


class LooseHeaders(RecordingTransport):
    """Hands headers on that are not the guest's to say."""

    def send(self, href: str, request: ServiceRequest, service: SimulatedService) -> Answer:
        headers = {**request.headers, "host": "evil.example"}
        return super().send(href, msgspec.structs.replace(request, headers=headers), service)


class Sloppy(RecordingTransport):
    """Hands credentials on wherever a redirect leads."""

    def send(self, href: str, request: ServiceRequest, service: SimulatedService) -> Answer:
        headers = {**request.headers, "authorization": "Bearer kept"}
        return super().send(href, msgspec.structs.replace(request, headers=headers), service)


class Doubling(RecordingTransport):
    """Sends everything twice."""

    def send(self, href: str, request: ServiceRequest, service: SimulatedService) -> Answer:
        super().send(href, request, service)
        return super().send(href, request, service)


class Ambiguous(RecordingTransport):
    """Hands on an address that clients read in different ways."""

    def send(self, href: str, request: ServiceRequest, service: SimulatedService) -> Answer:
        return super().send(f"{href}\\n", request, service)


PARTS = {
    "headers": (LooseHeaders, asked(DECLARED), "one request"),
    "an address in two lines": (Ambiguous, asked(DECLARED), "one request"),
    "twice": (Doubling, asked(DECLARED), "recorded before it is performed"),
    "redirects to strangers": (
        FollowingTransport,
        asked(DECLARED, locations=("https://evil.example/",)),
        "only declared places",
    ),
}


@pytest.mark.parametrize(("part", "case", "kind"), PARTS.values(), ids=PARTS)
def test_each_witness_sees_what_it_is_there_for(
    part: type[RecordingTransport], case: Case, kind: str, pulse: App, confined: Sandbox
) -> None:
    campaign = EgressCampaign(pulse, sandbox=confined, rig=Rig(transport=part))
    finding = campaign.attempt(case)
    campaign.close()
    assert finding is not None
    assert finding.kind == kind


def test_credentials_that_follow_a_redirect_elsewhere_are_seen(
    make_app: Callable[..., Path], confined: Sandbox
) -> None:
    app = load_app(make_app("", manifest=MANIFEST + WIDE))
    case = asked("https://a.allowed.com/", locations=("https://b.allowed.com/",), headers=[["cookie", "a=b"]])
    honest, sloppy = (EgressCampaign(app, sandbox=confined, rig=Rig(transport=t)) for t in (RecordingTransport, Sloppy))

    assert honest.attempt(case) is None
    assert (finding := sloppy.attempt(case)) is not None
    assert finding.kind == "credentials stay"

    honest.close()
    sloppy.close()


class NoWhere(Policy):
    """Lets through what it then cannot say the place of."""

    def decide(self, url: str) -> tuple[Decision, Target | None]:
        return allow("declared", url), None


def test_a_host_that_a_guest_can_make_fail_is_a_finding_and_goes_on(pulse: App, confined: Sandbox) -> None:
    campaign = EgressCampaign(pulse, sandbox=confined, rig=Rig(policy=NoWhere))
    first, second = campaign.attempt(asked(DECLARED)), campaign.attempt(asked(DECLARED))
    campaign.close()
    assert first is not None
    assert first.kind == "the host goes on"
    assert second == first
