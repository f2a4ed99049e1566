from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.site.exports import ISSUES_CSV, answer, issue_json

from forgesim.errors import InputError
from forgesim.site.access import may_view_issue
from forgesim.site.facts import clone, digest, scan_index
from forgesim.site.importing.dates import jira_time
from forgesim.site.jira_history import fields_at
from forgesim.site.jira_model import SPRINT_FIELD, Issue
from forgesim.site.model import Site
from forgesim.site.open import open_site
from forgesim.site.twin import twin


def imported(tmp_path: Path, data: str | bytes, name: str = "issues.csv", keep: bool = False) -> Site:
    (tmp_path / name).write_bytes(data.encode() if isinstance(data, str) else data)
    return open_site(name, seed=1, base=tmp_path, keep_authors=keep)


def keyed(site: Site, key: str) -> Issue:
    return next(issue for issue in site.issues.values() if issue.key == key)


def test_csv_gives_projects_sprints_and_issues(tmp_path: Path) -> None:
    site = imported(tmp_path, ISSUES_CSV)
    first, second = keyed(site, "OVEN-1"), keyed(site, "OVEN-2")
    assert {project.key: project.name for project in site.projects.values()} == {"OVEN": "The oven", "TILL": "The till"}
    assert (first.id, first.points, first.due, first.labels) == ("10101", 3.0, "2024-05-01", ("warm", "clean"))
    assert first.created_at == 1_713_862_980_000  # 2024-04-23T09:03:00Z
    assert second.parent_id == first.id
    assert [site.sprints[str(number)].name for number in second.sprints] == ["Week 9", "Week 10"]
    assert [sprint.state for sprint in site.sprints.values()] == ["closed", "active"]
    assert site.clock_ms == 1_714_035_600_000  # 2024-04-25T09:00:00Z


def test_a_cell_is_text_whatever_it_looks_like(tmp_path: Path) -> None:
    first = keyed(imported(tmp_path, ISSUES_CSV), "OVEN-1")
    assert first.summary == '=HYPERLINK("http://x.example")'
    assert first.comments[0].body == "Looks; good"


def test_names_that_a_site_lacks_are_taken_by_category_and_noted(tmp_path: Path) -> None:
    site = imported(tmp_path, ISSUES_CSV)
    first, second = keyed(site, "OVEN-1"), keyed(site, "OVEN-2")
    assert (first.status_id, second.status_id, first.priority_id, second.resolution_id) == ("3", "10002", "2", "10001")
    notes = "\n".join(site.notes)
    for said in (
        "'Proving' is taken for 'In Progress'",
        "'Experiment'",
        "'Major'",
        "'Duplicate'",
        "custom field (flour)",
    ):
        assert said in notes


@pytest.mark.parametrize("between", [";", "\t"])
def test_other_separators_are_read(tmp_path: Path, between: str) -> None:
    rows = [["Issue key", "Summary", "Created"], ["AB-1", "One", "2024-01-02 10:00"]]
    site = imported(tmp_path, "\r\n".join(between.join(row) for row in rows))
    assert keyed(site, "AB-1").summary == "One"


def test_json_gives_history_from_which_the_past_can_be_told(tmp_path: Path) -> None:
    site = imported(tmp_path, answer(issue_json()), "answer.json")
    issue = keyed(site, "OVEN-1")
    (change,) = issue.changes
    assert (issue.status_id, issue.points, issue.sprints) == ("3", 5.0, (7,))
    assert site.boards["3"].project_id == issue.project_id == "10000"
    before = fields_at(issue, change.at - 1)
    assert before is not None
    assert (before["status"], before[SPRINT_FIELD]) == ("10000", "")
    assert issue.status_changed_at == change.at
    assert "left out: 1 × change of a field that a site does not have" in site.notes


def test_people_get_made_up_names_in_texts_too(tmp_path: Path) -> None:
    hidden = imported(tmp_path, answer(issue_json()), "answer.json")
    kept = imported(tmp_path, answer(issue_json()), "answer.json", keep=True)
    texts = "\n".join(text for *_, text in scan_index(hidden).texts)
    assert "Marta" not in texts
    assert "corp.example" not in texts
    assert "Marta K" in {user.name for user in kept.users.values()}
    issue = keyed(hidden, "OVEN-1")
    assert issue.assignee is not None
    assert issue.assignee in json.dumps(issue.description)


FORMS = {
    "a list of answers": b"[" + answer(issue_json()) + b"," + answer(issue_json(key="OVEN-2", id="10002")) + b"]",
    "answers line by line": answer(issue_json()) + b"\n" + answer(issue_json(key="OVEN-2", id="10002")) + b"\n",
    "a list of issues": json.dumps([issue_json(), issue_json(key="OVEN-2", id="10002")]).encode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_pages_of_an_answer_may_lie_in_one_file(tmp_path: Path, form: str) -> None:
    site = imported(tmp_path, FORMS[form], "all.json")
    assert [issue.key for issue in site.issues.values()] == ["OVEN-1", "OVEN-2"]
    assert len({comment.id for issue in site.issues.values() for comment in issue.comments}) == 2


def test_a_folder_of_answers_is_one_site(tmp_path: Path) -> None:
    (tmp_path / "export").mkdir()
    (tmp_path / "export/page-1.json").write_bytes(answer(issue_json()))
    (tmp_path / "export/page-2.json").write_bytes(answer(issue_json(key="OVEN-2", id="10002")))
    site = open_site("export", seed=1, base=tmp_path)
    assert len(site.issues) == 2


def test_bob_does_not_see_the_smallest_of_several_projects(tmp_path: Path) -> None:
    site = imported(tmp_path, ISSUES_CSV)
    bob = next(user.account_id for user in site.users.values() if user.handle == "bob")
    assert [issue.key for issue in site.issues.values() if may_view_issue(site, bob, issue)] == ["OVEN-1", "OVEN-2"]
    assert site.variables["project"] == "OVEN"
    assert site.variables["issue"] == "OVEN-2"


def test_an_imported_site_has_twins_and_copies(tmp_path: Path) -> None:
    site = imported(tmp_path, answer(issue_json()), "answer.json")
    assert digest(clone(site)) == digest(site)
    assert keyed(twin(site, 2), "OVEN-1").summary != "Clean the oven"


BLOCKS = {"name": "Blocks", "inward": "is blocked by", "outward": "blocks"}
HEATS = {"name": "Heats", "inward": "is heated by", "outward": "heats"}


def beside(kind: dict[str, str], end: str, key: str, id_: str = "800") -> dict[str, object]:
    return {"id": id_, "type": kind, end: {"id": "1", "key": key}}


def with_fields(key: str, id_: str, **fields: object) -> dict[str, object]:
    own = issue_json()["fields"]
    assert isinstance(own, dict)
    return issue_json(key=key, id=id_, fields={**own, **fields}, changelog={})


def test_a_link_comes_once_though_both_ends_tell_it(tmp_path: Path) -> None:
    one = with_fields("OVEN-1", "10001", issuelinks=[beside(BLOCKS, "outwardIssue", "OVEN-2")])
    two = with_fields("OVEN-2", "10002", issuelinks=[
        beside(BLOCKS, "inwardIssue", "OVEN-1"), beside(HEATS, "inwardIssue", "OVEN-1", "801"),
        beside(BLOCKS, "outwardIssue", "GONE-1", "802"),
    ])  # fmt: skip
    site = imported(tmp_path, answer(one, two), "answer.json")
    blocks, heats = keyed(site, "OVEN-1").links
    assert blocks == ("800", "10000", "10002")
    assert (heats.target, site.jira.link_types[heats.type_id][1:]) == ("10002", ("Heats", "is heated by", "heats"))
    assert keyed(site, "OVEN-2").links == ()
    assert "left out: 1 × link to an issue that is not in the export" in site.notes


def test_work_logged_comes_with_its_words_and_hides_who_is_named(tmp_path: Path) -> None:
    marta = {"accountId": "5f:m", "displayName": "Marta K"}
    log = {"id": "700", "author": marta, "created": "2024-04-20T08:00:00.000+0000", "timeSpentSeconds": 5400,
           "started": "2024-04-03T08:00:00.000+0000", "comment": "Scrubbed with [~accountid:5f:m]",
           "visibility": {"type": "role", "value": "Bakers"}}  # fmt: skip
    site = imported(tmp_path, answer(with_fields("OVEN-1", "10001", worklog={"worklogs": [log]})), "answer.json")
    issue = keyed(site, "OVEN-1")
    (found,) = issue.worklogs
    assert (found.id, found.seconds, found.author) == ("700", 5400, issue.assignee)
    assert (found.comment, found.started_at) == (f"Scrubbed with [~accountid:{issue.assignee}]", 1_712_131_200_000)
    assert site.clock_ms > found.created_at > issue.updated_at
    assert "left out: 1 × limit to whom work logged is shown: all may see it" in site.notes


def test_csv_tells_of_links_and_of_work(tmp_path: Path) -> None:
    head = "Issue key,Summary,Created,Outward issue link (Blocks),Inward issue link (Relates),Log Work,Log Work\n"
    rows = 'AB-1,One,2024-01-02 10:00,AB-2,AB-2,"Mixed; kneaded;23/Apr/24 9:03 AM;5f:m;3600",nonsense\n'
    site = imported(tmp_path, head + rows + "AB-2,Two,2024-01-02 10:00,,,,\n")
    one, two = keyed(site, "AB-1"), keyed(site, "AB-2")
    assert [(link.type_id, link.target) for link in one.links] == [("10000", two.id)]
    assert [(link.type_id, link.target) for link in two.links] == [("10003", one.id)]
    assert [(log.comment, log.seconds, log.started_at) for log in one.worklogs] == [
        ("Mixed; kneaded", 3600, 1_713_862_980_000)
    ]
    assert "1 × work logged that cannot be read" in site.notes


def parent(key: str) -> dict[str, object]:
    fields = issue_json()["fields"]
    assert isinstance(fields, dict)
    return {**fields, "parent": {"key": key}}


HEAD = "Issue key,Summary,Created\n"
HOSTILE: dict[str, tuple[str | bytes, str]] = {
    "key twice": (HEAD + "AB-1,x,\nAB-1,y,\n", "csv:3: issue AB-1 is there twice"),
    "no key": (HEAD + "nonsense,x,\n", r"csv:2: 'nonsense' is no issue key"),
    "huge number in a key": (HEAD + f"AB-{'9' * 5000},x,\n", "is no issue key"),
    "huge cell": (HEAD + f"AB-1,{'x' * 1_000_001},\n", "not valid CSV"),
    "open quote": (HEAD + 'AB-1,"x,\n', "not valid CSV"),
    "too many cells": (HEAD + "AB-1,x,,,,,,\n", "8 cells under 3 columns"),
    "too many columns": ("Issue key,Summary" + ",x" * 5_000 + "\n", "columns are more than"),
    "NUL": (HEAD + "AB-1,\0,\n", "csv:2: a NUL character"),
    "not UTF-8": (HEAD.encode() + b"AB-1,\xff,\n", "csv:2: not UTF-8 text"),
    "no issue": (HEAD, "there is no issue"),
    "deep": (b'{"issues": [{"fields": {}, "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}]}", "nested more than 200"),
    "huge number": (b'{"issues": [{"fields": {}, "id": ' + b"1" * 100_000 + b"}]}", "more than 100 digits"),
    "twice": (b'{"issues": [{"fields": {}, "key": "AB-1", "key": "AB-2"}]}', "'key' is there twice"),
    "id twice": (answer(issue_json(), issue_json(key="OVEN-2")), "the id 10001 of issue OVEN-2 is there twice"),
    "in itself": (answer(issue_json(fields=parent("OVEN-1"))), "OVEN-1 lies in itself"),
    "truncated": (answer(issue_json())[:-30], "not valid JSON"),
    "no list": (b'{"fields": {}, "issues": [{"fields": {}, "key": 3}]}', "has no issue key"),
    "half a pair": (answer(issue_json(key="OVEN-1")).replace(b"Clean", b"\\ud800"), "half of a surrogate pair"),
    "infinite": (b'{"issues": [{"fields": {"customfield_10016": 1e999}}]}', "no finite number"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_export_is_one_clear_error(tmp_path: Path, name: str) -> None:
    data, says = HOSTILE[name]
    with pytest.raises(InputError, match=says) as told:
        imported(tmp_path, data, "x.csv" if isinstance(data, str) or name == "not UTF-8" else "x.json")
    assert len(told.value.problems) == 1
    assert len(str(told.value)) < 400


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("23/Apr/24 9:03 AM", 1_713_862_980_000),
        ("23/Apr/24 12:03 AM", 1_713_830_580_000),
        ("23 Apr 2024, 12:03 PM", 1_713_873_780_000),
        ("2024-04-23 09:03", 1_713_862_980_000),
        ("2024-04-23T11:03:00.000+0200", 1_713_862_980_000),
        ("23/Foo/24 9:03 AM", None),
        ("99/Apr/24 9:03 AM", None),
        ("2524-04-23", None),
        ("=1+1", None),
    ],
)
def test_times_are_read_as_jira_writes_them(text: str, at: int | None) -> None:
    assert jira_time(text) == at
