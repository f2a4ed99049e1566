"""Exports of Jira, CSV or JSON, one file or a folder of them, as a site: projects, boards, sprints, issues, history."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from forgesim.clock import EPOCH_MS
from forgesim.errors import InputError, Problem
from forgesim.ids import derive, derived_uuid
from forgesim.site.file.load import read_bounded
from forgesim.site.importing.issues import IssueMaker
from forgesim.site.importing.jira_csv import read_csv
from forgesim.site.importing.jira_json import read_answers
from forgesim.site.importing.raw_issue import RawIssue
from forgesim.site.importing.recognise import jira_kind
from forgesim.site.importing.sprints import SprintMaker
from forgesim.site.jira_model import Project
from forgesim.site.limits import MAX_FILES, MAX_TOTAL_BYTES
from forgesim.site.model import Site
from forgesim.site.origin import host_of, start_after
from forgesim.site.people import People
from forgesim.site.showpieces import hide_from, variables_of

__all__ = ["import_jira"]

_FIRST_FREE = 900_000_000
_FIRST_PROJECT = 10_001


def import_jira(path: Path, *, name: str, keep_authors: bool = False, seed: int) -> Site:
    """The site ``name`` with the issues of an export.

    People: alice (admin), bob (sees less where there are several projects), and those whom the export names, under
    pseudonyms unless ``keep_authors``. The clock starts on the day after the newest date. Raises InputError.
    """
    notes: list[str] = []
    issues: dict[str, RawIssue] = {}
    for issue in _issues(path, notes):
        if issue.key in issues:
            raise InputError(Problem(what=f"issue {issue.key} is there twice", file=str(path), line=issue.line))
        issues[issue.key] = issue
    if not issues:
        raise InputError(Problem(what="there is no issue", file=str(path)))
    people = People(name, seed, keep=keep_authors)
    site = Site(
        name=name,
        cloud_id=derived_uuid("cloud", "import", name, seed),
        host=host_of(name),
        region="US",
        clock_ms=EPOCH_MS,
        seed=seed,
        synthetic=False,
        users=people.users,
        spaces={},
        pages={},
        next_id=_FIRST_FREE,
        lexicon="imported",
        notes=notes,
    )
    _projects(site, issues, people.alice)
    sprints = SprintMaker(site, issues)
    sprints.make()
    IssueMaker(site, issues, people, sprints, str(path)).make()
    _clock(site)
    hide_from(site, people.bob, people.alice)
    site.variables = variables_of(site)
    return site


def _issues(path: Path, notes: list[str]) -> Iterator[RawIssue]:
    for file in _files(path, notes):
        raw = read_bounded(file)
        if jira_kind(raw[:1_000_000]) == "json":
            yield from read_answers(raw, str(file))
        else:
            yield from read_csv(raw, str(file), notes)


def _files(path: Path, notes: list[str]) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = []
    root = path.resolve()
    for file in sorted(path.iterdir()):
        if file.name.startswith(".") or not file.is_file():
            continue
        if not file.resolve().is_relative_to(root):
            notes.append(f"{file.name!r}: a link that leads out of the folder, left out")
        elif file.suffix.lower() in (".json", ".csv"):
            files.append(file)
    if len(files) > MAX_FILES:
        raise InputError(Problem(what=f"{len(files):,} files are more than {MAX_FILES:,}", file=str(path)))
    if sum(file.stat().st_size for file in files) > MAX_TOTAL_BYTES:
        raise InputError(Problem(what=f"the files have more than {MAX_TOTAL_BYTES:,} bytes", file=str(path)))
    return files


def _projects(site: Site, issues: dict[str, RawIssue], alice: str) -> None:
    for issue in issues.values():
        key, number = _parts(issue.key)
        project = site.projects.get(key)
        if project is None:
            told = issue.project_id or ""
            fits = told.isascii() and told.isdigit() and len(told) < 18
            taken = {each.id for each in site.projects.values()}
            if not fits or told in taken:
                told = str(_FIRST_PROJECT + derive("project", key) % 1_000_000)
                while told in taken:
                    told = str(int(told) + 1)
            project = Project(id=told, key=key, name=issue.project_name or key, lead=alice)
            site.projects[key] = project
        project.next_number = max(project.next_number, number + 1)
    site.projects = {project.id: project for project in site.projects.values()}


def _parts(key: str) -> tuple[str, int]:
    project, _, number = key.rpartition("-")
    return project, int(number)


def _clock(site: Site) -> None:
    """Nothing that has happened lies ahead of the clock. What is planned may."""
    issues = site.issues.values()
    times = [each.updated_at for each in issues] + [change.at for each in issues for change in each.changes]
    times += [comment.created_at for each in issues for comment in each.comments]
    times += [max(log.created_at, log.started_at) for each in issues for log in each.worklogs]
    times += [sprint.complete_at for sprint in site.sprints.values() if sprint.complete_at is not None]
    site.clock_ms = start_after(max(times))
    for project in site.projects.values():
        project.created_at = min(each.created_at for each in issues if each.project_id == project.id)
    ids = [int(each.id) for each in issues] + [int(comment.id) for each in issues for comment in each.comments]
    ids += [int(worklog.id) for each in issues for worklog in each.worklogs]
    ids += [int(link.id) for each in issues for link in each.links]
    site.next_id = max([_FIRST_FREE, *(each + 1 for each in ids)])
