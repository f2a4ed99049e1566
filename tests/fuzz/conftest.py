"""Apps to attack, walls to attack them behind, and parts with a hole that a campaign must find."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis.configuration import set_hypothesis_home_dir

from forgesim.decision import Decision, allow
from forgesim.egress.policy import Policy, Target, joined, parse_target
from forgesim.egress.recorder import RecordingTransport
from forgesim.egress.subprocessors.service import ServiceRequest, SimulatedService
from forgesim.manifest.load import load_app
from forgesim.manifest.model import App
from forgesim.runtime.fuzzing import Rig
from forgesim.sandbox.host import Sandbox
from forgesim.seam import Answer

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def confined() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def unconfined() -> Iterator[Sandbox]:
    """The control. Nothing is drawn at random here: planted programs alone run without walls."""
    with Sandbox(allow_unconfined=True, tier="none") as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def pulse() -> App:
    return load_app(ROOT / "apps" / "pulse")


@pytest.fixture(scope="session")
def syncup() -> App:
    return load_app(ROOT / "apps" / "syncup")


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[Path]:
    """A folder for cases; what a command sets for Hypothesis is taken back."""
    yield tmp_path / "corpus"
    set_hypothesis_home_dir(None)


class SuffixPolicy(Policy):
    """Matches by the end of the name, without the dot."""

    def __init__(self, entries: object, analytics: bool) -> None:
        super().__init__(entries, analytics)  # type: ignore[arg-type]
        self._ends = tuple(entry.address.rpartition("://")[2] for entry in entries)  # type: ignore[attr-defined]

    def decide(self, url: str) -> tuple[Decision, Target | None]:
        target = parse_target(url)
        if isinstance(target, Target) and target.host.endswith(self._ends):
            return allow("declared"), target
        return super().decide(url)


class PrefixPolicy(Policy):
    """Matches the beginning of the text as it came, before any parser has seen it."""

    def __init__(self, entries: object, analytics: bool) -> None:
        super().__init__(entries, analytics)  # type: ignore[arg-type]
        self._starts = tuple(entry.address for entry in entries)  # type: ignore[attr-defined]

    def decide(self, url: str) -> tuple[Decision, Target | None]:
        target = parse_target(url)
        if isinstance(target, Target) and url.startswith(self._starts):
            return allow("declared"), target
        return super().decide(url)


class FollowingTransport(RecordingTransport):
    """Goes where a redirect leads, and asks nobody."""

    def send(self, href: str, request: ServiceRequest, service: SimulatedService) -> Answer:
        answer = super().send(href, request, service)
        location = dict(answer.headers).get("location")
        if location is None:
            return answer
        onward = parse_target(joined(href, location))
        return super().send(onward.href, request, service) if isinstance(onward, Target) else answer


HOLES = {
    "the end of a name without its dot": (Rig(policy=SuffixPolicy), "only declared places"),
    "the beginning of the raw text": (Rig(policy=PrefixPolicy), "only declared places"),
    "redirects that nobody decides on": (Rig(transport=FollowingTransport), "recorded before it is performed"),
}
"""A part with a hole, and the promise that it breaks first."""
