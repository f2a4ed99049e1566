"""Leaky twins of SyncUp, deliberately broken: each is BROKEN where it leaks and nowhere else, with its own line."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from forgesim.claims.kit import Outcome
from forgesim.testing.kit import Forge

ROOT = Path(__file__).parents[2]
FILE = "src/syncup/look.py"
AFTER = "    logs = [issue"
"""In ``look_at``, where Jira's issues and the sprints' numbers are at hand."""

ASSIGNEES = (
    "names = [item['toString'] for issue in issues for entry in issue['changelog']['histories']\n"
    "         for item in entry['items'] if item['field'] == 'assignee' and item['toString']]\n"
)
PERSON = (
    "who = lines[0].authors[-1][1]\n"
    "theirs = [passage.last.points for line in lines for passage in pass_through(line, windows[0], board)\n"
    "          if line.authors and line.authors[-1][1] == who and passage.completed]\n"
)

TWINS: dict[str, tuple[str, set[str]]] = {
    "stores an assignee's name": (
        f"{ASSIGNEES}await kvs.set(f'board:{{board.id}}:busiest', {{'name': names[0]}})  #!",
        {"stores_only_aggregates", "keeps_no_personal_data"},
    ),
    "stores one person's velocity": (
        f"{PERSON}await kvs.set('velocity:' + who.replace(':', '.'), sum(theirs))  #!",
        {"stores_only_aggregates", "keeps_no_personal_data"},
    ),
    "stores one person's velocity without saying whose": (
        f"{PERSON}await kvs.set(f'board:{{board.id}}:best', sum(theirs))  #!",
        {"stores_only_aggregates"},
    ),
    "logs who is assigned": (
        f"{ASSIGNEES}log.info('assigned to ' + names[0])  #!",
        {"logs_hold_no_content", "keeps_no_personal_data"},
    ),
    "counts its use at an analytics host": (
        "await api.fetch('https://eu.i.posthog.com/capture/', method='POST', json={'event': 'looked'})  #!",
        {"reaches_only_declared"},
    ),
    "reads what people say about an issue": (
        "where = route('/rest/api/3/issue/{id}/comment', id=issues[0]['id'])\n"
        "await api.as_user().request_jira(where)  #!",
        {"reads_only_its_purpose"},
    ),
    "closes the sprint": (
        "where = route('/rest/agile/1.0/sprint/{id}', id=windows[0].sprint)\n"
        "await api.as_user().request_jira(where, method='POST', json={'state': 'closed'})  #!",
        {"only_reads_content"},
    ),
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of SyncUp with the one scenario that looks at a closed sprint."""
    folder = tmp_path / "syncup"
    shutil.copytree(ROOT / "apps" / "syncup", folder, ignore=shutil.ignore_patterns("__pycache__", "tests"))
    head, scenarios = (folder / "trust.yml").read_text().split("scenarios:\n")
    kept = next(each for each in re.split(r"(?m)^  - name: ", scenarios) if each.startswith("Alice looks at a closed"))
    (folder / "trust.yml").write_text(f"{head}scenarios:\n  - name: {kept}")
    return folder


def plant(app: Path, leak: str) -> int:
    """Put ``leak`` where sprints are looked at; the number of its marked line."""
    path = app / FILE
    source = path.read_text()
    assert source.count(AFTER) == 1
    block = "".join(f"    {line}\n" for line in leak.splitlines())
    source = source.replace(AFTER, block + AFTER).replace(
        "from syncup.jira import", "from forgesim.sdk import api, kvs, log, route\nfrom syncup.jira import", 1
    )
    path.write_text(source)
    return next(n for n, line in enumerate(source.splitlines(), 1) if line.endswith("#!"))


@pytest.mark.slow
@pytest.mark.parametrize(("leak", "claims"), TWINS.values(), ids=TWINS.keys())
def test_a_leaky_twin_is_broken_where_it_leaks(forge: Forge, copy: Path, leak: str, claims: set[str]) -> None:
    line = plant(copy, leak)
    broken = {each.claim: each for each in forge.prove(copy, trials=1, plays=0) if each.outcome is Outcome.BROKEN}
    assert broken.keys() == claims
    for verdict in broken.values():
        assert any(f"{FILE}:{n}" in {each.at for each in verdict.evidence} for n in range(line - 2, line + 1))


@pytest.mark.slow
def test_an_analytics_host_in_the_manifest_alone_is_broken_without_a_request(forge: Forge, copy: Path) -> None:
    manifest = copy / "manifest.yml"
    host = "{address: https://eu.i.posthog.com, category: analytics, inScopeEUD: false}"
    entry = f"  external:\n    fetch:\n      backend:\n        - {host}\n"
    manifest.write_text(manifest.read_text().replace("\nmodules:", f"{entry}\nmodules:", 1))
    broken = {each.claim for each in forge.prove(copy, trials=1, plays=0) if each.outcome is Outcome.BROKEN}
    assert broken == {"reaches_only_declared"}


@pytest.mark.slow
def test_the_honest_app_beside_them_is_green(forge: Forge) -> None:
    outcomes = {each.claim: each.outcome for each in forge.prove(ROOT / "apps" / "syncup", trials=1)}
    assert set(outcomes.values()) == {Outcome.HOLDS, Outcome.NOT_APPLICABLE}
    assert {claim for claim, outcome in outcomes.items() if outcome is Outcome.NOT_APPLICABLE} == {
        "sends_only_declared",
        "encrypted_in_transit",
        "rendering_keeps_nothing",
    }
