"""What JQL finds in fields of the site's own and by saved filters, by hand; and how it says no."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from forgesim.site.jira_parts import Component, CustomField, Filter
from forgesim.site.model import Site

Ask = Callable[..., Any]
ALICE, BOB = "712020:alice", "712020:bob"
HELD: dict[str, tuple[str, Any, Any]] = {
    # kind → field's name, its value in OPEN-1, in OPEN-2; no other issue has one
    "number": ("Effort", 3.0, 10.0),
    "text": ("Codename", "blue whale", "red fox"),
    "paragraph": ("Remarks", "first line\nsecond", "other"),
    "select": ("Colour", "2", "1"),
    "user": ("Owner", BOB, ALICE),
    "date": ("Review on", "2026-02-01", "2026-01-01"),
    "labels": ("Areas", ["ui", "api"], ["db"]),
}


@pytest.fixture
def ask(site: Site, ask: Ask) -> Ask:
    for number, (kind, (name, one, two)) in enumerate(HELD.items(), 10300):
        id_ = f"customfield_{number}"
        options = {"1": "Red", "2": "Blue"} if kind == "select" else {}
        site.jira.fields[id_] = CustomField(id=id_, name=name, kind=kind, options=options)  # type: ignore[arg-type]
        for issue, value in (("1001", one), ("1002", two)):
            site.issues[issue].values = {**site.issues[issue].values, id_: value}
    site.jira.fields["customfield_10400"] = CustomField(
        id="customfield_10400", name="Secret", kind="text", projects=("20",)
    )
    site.jira.filters |= {
        id_: Filter(id=id_, name=name, owner=ALICE, jql=jql, viewers=viewers)
        for id_, name, jql, viewers in [
            ("501", "First", "key in (OPEN-1, OPEN-2) order by created", ("signedIn",)),
            ("502", "Not second", "filter = First and key != OPEN-2", ()),
            ("503", "Circle", "not filter = 504", ()),
            ("504", "Round", "filter in (Circle)", ()),
            ("505", "All", "order by key", ()),
            ("506", "Effort told", "Effort > 0", ()),
        ]
    }
    return ask


def keys(ask: Ask, jql: str, by: str = "alice") -> str:
    got = ask("POST", "/rest/api/3/search/jql", {"jql": jql, "fields": ["key"]}, by=by)
    assert got.status == 200, got
    return " ".join(each["key"].removeprefix("OPEN-") for each in got.json["issues"])


@pytest.mark.parametrize(
    ("jql", "found"),
    [
        ("effort = 3", "1"),
        ("cf[10300] > 3", "2"),
        ("customfield_10300 in (3, 4)", "1"),
        ("Effort is not EMPTY", "2 1"),
        ("project = OPEN and Effort is empty", "6 5 4 3"),
        ("Codename ~ whale", "1"),
        ("Codename !~ whale", "2"),
        ("Remarks ~ second", "1"),
        ("Colour = blue", "1"),
        ("Colour in (1, Blue)", "2 1"),
        ("Colour != Blue", "2"),
        ("Owner = currentUser()", "2"),
        ("Owner = '712020:bob'", "1"),
        ("'Review on' < 2026-01-15", "2"),
        ("Areas in (ui, db)", "2 1"),
        ("not Areas = ui", "2"),
        ("project = OPEN and (Effort = 3 or key = OPEN-4)", "4 1"),
        ("filter = 501", "2 1"),
        ("savedFilter = first", "2 1"),
        ("filter = 'Not second'", "1"),
        ("project = OPEN and filter != 502", "6 5 4 3 2"),
        ("project = OPEN and not filter in (First)", "6 5 4 3"),
        ("filter in (502, 'Effort told')", "2 1"),
        ("filter = 505 and project = OPEN", "6 5 4 3 2 1"),
        ("project = OPEN and filter not in (506)", "6 5 4 3"),
    ],
)
def test_a_query_finds(ask: Ask, jql: str, found: str) -> None:
    assert keys(ask, jql) == found


@pytest.mark.parametrize("name", [each[0] for each in HELD.values()])
def test_issues_are_ordered_by_a_field_and_those_without_a_value_come_last(ask: Ask, name: str) -> None:
    # Red is the first option, and db comes after api
    up = "2 1" if name in ("Colour", "Owner", "Review on") else "1 2"
    assert keys(ask, f"key in (OPEN-1, OPEN-2, OPEN-3) order by '{name}'") == f"{up} 3"
    assert keys(ask, f"key in (OPEN-1, OPEN-2, OPEN-3) order by '{name}' desc") == f"{up[::-1]} 3"


def test_issues_are_ordered_by_the_names_of_their_components(ask: Ask, site: Site) -> None:
    site.projects["10"].components = [Component(id="51", name="wheel"), Component(id="52", name="Engine")]
    site.issues["1001"].components, site.issues["1002"].components = ("51",), ("51", "52")
    assert keys(ask, "key in (OPEN-1, OPEN-2, OPEN-4) order by component") == "2 1 4"
    assert keys(ask, "key in (OPEN-1, OPEN-2, OPEN-4) order by component desc") == "1 2 4"


@pytest.mark.parametrize(
    ("jql", "by", "says"),
    [
        ("Codename = whale", "alice", "The operator '=' is not supported by the 'codename' field"),
        ("Colour ~ blue", "alice", "The operator '~' is not supported"),
        ("Colour = green", "alice", "The option 'green' for field 'colour' does not exist"),
        ("Effort = many", "alice", "Provide a valid number"),
        ("Effort was 3", "alice", "History searches do not support"),
        ("Secret ~ x", "bob", "Field 'secret' does not exist or you do not have permission"),
        ("key = OPEN-1 order by Secret", "bob", "Field 'secret' does not exist or you do not have permission"),
        ("filter = 502", "bob", "The value '502' does not exist for the field 'filter'"),
        ("filter = Circle", "alice", "causes a cyclical reference"),
        ("filter ~ first", "alice", "The operator '~' is not supported"),
    ],
)
def test_a_wrong_query_is_a_400(ask: Ask, jql: str, by: str, says: str) -> None:
    got = ask("POST", "/rest/api/3/search/jql", {"jql": jql}, by=by)
    assert got.status == 400
    assert says in got.json["errorMessages"][0]


def test_a_filter_is_read_as_whoever_searches(ask: Ask, site: Site) -> None:
    mine = Filter(id="507", name="By me", owner=ALICE, jql="Owner = currentUser()", viewers=("signedIn",))
    site.jira.filters[mine.id] = mine
    assert keys(ask, "filter = 'By me'", by="alice") == "2"
    assert keys(ask, "filter = 'By me'", by="bob") == "1"


@pytest.mark.parametrize("name", ["Team", "Labels", "Effort"])
def test_a_name_of_several_fields_is_not_emulated(ask: Ask, site: Site, name: str) -> None:
    site.jira.fields["customfield_10500"] = CustomField(id="customfield_10500", name=name, kind="text")
    assert ask("POST", "/rest/api/3/search/jql", {"jql": f"{name} ~ red"}).status == 501
    assert keys(ask, "cf[10500] ~ red") == ""
