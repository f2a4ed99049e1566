"""Leaky twins of XPress, deliberately broken: each is BROKEN on its claim alone, with its own line as evidence."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from forgesim.claims.kit import Outcome
from forgesim.testing import assert_broken
from forgesim.testing.kit import Forge

XPRESS = Path(__file__).parents[2] / "apps" / "xpress"
IN_THE_APP = ("src/xpress/resolvers.py", "    template = await templates.load()\n")
IN_THE_SERVICE = ("service/__init__.py", "    try:\n        rendered = write(order)\n")
HOST = "https://x9pr3ss0.execute-api.us-east-1.amazonaws.com"

TWINS = {
    "leaky-log: the app logs a title": (
        IN_THE_APP, ["log.info(top['title'])"], "logs_hold_no_content",
    ),
    "leaky-service-log: the renderer prints a title": (
        IN_THE_SERVICE, ["print(order.pages[0].title)"], "logs_hold_no_content",
    ),
    "leaky-path: content goes to a second path of the declared host": (
        IN_THE_APP,
        ["from forgesim.sdk import api", f"await api.fetch('{HOST}/log', method='POST', json={{'t': top['title']}})"],
        "sends_only_declared",
    ),
    "leaky-template: a title is stored": (
        IN_THE_APP, ["from forgesim.sdk import kvs", "await kvs.set('last', top['title'])"], "stores_only_aggregates",
    ),
}  # fmt: skip


@pytest.fixture
def xpress_copy(tmp_path: Path) -> Path:
    """XPress with its first scenario alone."""
    copy = tmp_path / "xpress"
    shutil.copytree(XPRESS, copy, ignore=shutil.ignore_patterns("__pycache__", "tests"))
    trust = copy / "trust.yml"
    head, scenarios = trust.read_text().split("scenarios:\n")
    first = re.split(r"(?m)^  - name: ", scenarios)[1]
    trust.write_text(f"{head}scenarios:\n  - name: {first}")
    return copy


def plant(app: Path, place: tuple[str, str], leak: list[str]) -> str:
    """Put the lines before the place; ``file:line`` of the last of them."""
    file, before = place
    path = app / file
    source = path.read_text()
    assert source.count(before) == 1
    path.write_text(source.replace(before, "".join(f"    {line}\n" for line in leak) + before))
    return f"{file}:{source[: source.index(before)].count(chr(10)) + len(leak)}"


@pytest.mark.slow
@pytest.mark.parametrize(("place", "leak", "claim"), TWINS.values(), ids=[name.partition(":")[0] for name in TWINS])
def test_a_leaky_twin_is_broken_on_its_claim_alone(
    forge: Forge, xpress_copy: Path, place: tuple[str, str], leak: list[str], claim: str
) -> None:
    line = plant(xpress_copy, place, leak)
    broken = assert_broken(forge.prove(xpress_copy, trials=1, plays=0), claim)
    assert line in {evidence.at for evidence in broken.evidence}


@pytest.mark.slow
def test_the_honest_app_holds_whatever_its_privacy_page_says(forge: Forge) -> None:
    verdicts = {verdict.claim: verdict.outcome for verdict in forge.prove(XPRESS, trials=1)}
    assert verdicts.pop("ai_stays_on_platform") is Outcome.NOT_APPLICABLE
    assert set(verdicts.values()) == {Outcome.HOLDS}
