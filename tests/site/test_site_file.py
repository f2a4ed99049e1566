from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from tests.site.maximal import maximal

from forgesim.errors import InputError
from forgesim.manifest.tree import parse_yaml
from forgesim.site.access import may_view_page
from forgesim.site.facts import digest
from forgesim.site.file.emit import file_text
from forgesim.site.file.load import load_site
from forgesim.site.file.plain import plain_site
from forgesim.site.file.record import collections, fields
from forgesim.site.file.source import read_json
from forgesim.site.generate import demo, proof
from forgesim.site.jira_parts import IssueLink
from forgesim.site.model import Page, Site
from forgesim.site.open import open_site

SMALL = """\
name: Bakery
people: [{handle: carol}]
spaces:
  - key: BREAD
    pages:
      - title: Home
        children:
          - title: Sourdough
            author: carol
            text: |
              Feed it <daily>.
              Then wait.
            viewers: [carol, alice]
            labels: [{name: flour}]
            comments: [{author: bob, text: Smells good}]
            attachments: [{title: ratio.csv, text: "flour,water"}]
          - {title: Rye, updated: 2025-02-03T10:00:00Z}
projects:
  - key: OVEN
    boards: [{name: Baking, sprints: [{name: Week 1, state: closed}]}]
    issues:
      - {summary: Clean the oven, status: Done, sprints: [Week 1], assignee: carol}
      - {summary: Buy a peel, type: Bug}
"""


def load(text: str | bytes, folder: Path = Path("/nonexistent")) -> Site:
    raw = text.encode() if isinstance(text, str) else text
    return load_site(raw, file="site.yml", folder=folder)


def page(site: Site, title: str) -> Page:
    return next(page for page in site.pages.values() if page.title == title)


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize("make", [demo, proof])
@pytest.mark.parametrize("without", [None, "jira", "confluence"])
def test_a_generated_site_comes_back_from_its_file(make: type, without: str | None, as_json: bool) -> None:
    site = make(5, **({without: False} if without else {}))
    again = load(file_text(plain_site(site), as_json=as_json))
    assert digest(again) == digest(site)
    assert list(again.pages) == list(site.pages)


@pytest.mark.parametrize("as_json", [True, False])
def test_every_field_of_the_model_comes_back(as_json: bool) -> None:
    site = maximal()
    text = file_text(plain_site(site), as_json=as_json)
    assert text.startswith("{" if as_json else "name:")
    assert digest(load(text)) == digest(site)


def test_the_maximal_site_leaves_no_field_at_its_default() -> None:
    site = maximal()
    for name, kind in {"": Site, **collections()}.items():
        held = [site] if kind is Site else list(getattr(site, name).values())
        for field in fields(kind).values():
            assert any(getattr(each, field.name) != field.default for each in held), f"{kind.__name__}.{field.name}"


def test_a_field_that_the_file_forgot_would_be_told_apart() -> None:
    site = maximal()
    other = dataclasses.replace(next(iter(site.pages.values())), views=12345)
    assert digest(load(file_text(plain_site(site), as_json=True))) != digest(
        dataclasses.replace(site, pages={**site.pages, other.id: other})
    )


def test_a_hand_written_site_needs_little() -> None:
    site = load(SMALL)
    sourdough, home = page(site, "Sourdough"), page(site, "Home")
    people = {user.handle: user for user in site.users.values()}
    assert set(people) == {"alice", "bob", "carol"}
    assert people["alice"].admin
    assert sourdough.parent_id == home.id == site.spaces[sourdough.space_id].homepage_id
    assert sourdough.body == "<p>Feed it &lt;daily&gt;.</p><p>Then wait.</p>"
    assert not may_view_page(site, people["bob"].account_id, sourdough)
    assert sourdough.attachments[0].data == b"flour,water"
    assert [issue.key for issue in site.issues.values()] == ["OVEN-1", "OVEN-2"]
    assert site.variables["page"] == page(site, "Rye").id
    assert site.variables["issue"] == "OVEN-1"
    assert not site.synthetic


def test_what_is_left_out_follows_from_the_rest_alone() -> None:
    before, after = load(SMALL), load(SMALL.replace("title: Home\n", "title: Home\n        views: 3\n"))
    assert [*before.pages, *before.issues, *before.users] == [*after.pages, *after.issues, *after.users]
    assert digest(before) == digest(load(SMALL))
    assert before.clock_ms == 1_738_659_600_000  # 2025-02-04T09:00:00Z, the day after Rye was updated


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("title: Rye", "titel: Rye"), r"site.yml:17:14: the page has no field 'titel' \(did you mean title"),
        (("author: carol", "author: carl"), r"site.yml:8:13: author of 'Sourdough': nobody has the handle 'carl'"),
        (("handle: carol", "handle: alice}, {handle: alice"), "two of people have the handle 'alice'"),
        (("key: BREAD", "name: Bread"), "the space 'Bread' lacks key"),
        (("2025-02-03T10:00:00Z", "yesterday"), r"site.yml:17:35: 'yesterday' is no time"),
        (("status: Done", "status: Baked"), "'Baked' is no status .known: To Do, In Progress, In Review, Done"),
        (("sprints: [Week 1]", "sprints: [Week 9]"), "'Week 9' is none of sprints"),
        (("title: Rye", "title: [Rye]"), r"site.yml:17:21: expected `str`, got `array`"),
        (("title: Rye", "title: Rye, body: <p>x"), "the body of 'Rye' is not well-formed"),
        (("title: Rye", "title: Rye, parent: Rye"), "'Rye' lies in itself"),
        (("title: Rye", "title: Rye, parent: Nowhere"), "'Nowhere' is none of pages"),
        (("title: Rye", "title: Rye, id: 7, children: [{title: Oat, id: 7}]"), "two of pages have the id '7'"),
        (("name: Bakery", "name: Bakery\nname: Shop"), "the key 'name' is there twice"),
        (("name: Bakery", "- name: Bakery"), "not valid YAML"),
        (("projects:", "projects: 3\nprojects2:"), "projects must be a list"),
        (('text: "flour,water"', "file: ../../etc/passwd"), "is not in the folder of the site"),
        (('text: "flour,water"', "file: /etc/passwd"), "is not in the folder of the site"),
        (('text: "flour,water"', "data: '%%'"), "data of an attachment must be base64"),
    ],
)
def test_a_mistake_is_told_with_its_place(change: tuple[str, str], says: str) -> None:
    assert change[0] in SMALL
    with pytest.raises(InputError, match=says):
        load(SMALL.replace(*change))


def test_all_mistakes_of_a_kind_are_told_at_once() -> None:
    with pytest.raises(InputError) as told:
        load(SMALL.replace("author: carol", "author: carl").replace("status: Done", "status: Baked"))
    assert [problem.line for problem in told.value.problems] == [8, 22]


def test_mistakes_of_every_kind_are_told_at_once() -> None:
    wrong = {
        "title: Rye": "titel: Rye", "author: carol": "author: carl", "2025-02-03T10:00:00Z": "yesterday",
        "summary: Buy a peel": "summary: [Buy]", "name: Bakery": "name: 3",
    }  # fmt: skip
    text = SMALL
    for right, other in wrong.items():
        text = text.replace(right, other)
    with pytest.raises(InputError) as told:
        load(text)
    assert [(problem.line, problem.column) for problem in told.value.problems] == [
        (1, 7), (8, 13), (17, 14), (17, 35), (23, 19),
    ]  # fmt: skip


def linked(link: str) -> str:
    return SMALL.replace("type: Bug", f"type: Bug, links: [{link}]")


@pytest.mark.parametrize("link", ["[1, Blocks, OVEN-1]", "{id: 1, type: blocks, target: OVEN-1}"])
def test_a_link_names_its_type_and_the_issue_that_it_leads_to(link: str) -> None:
    first, second = load(linked(link)).issues.values()
    assert second.links == (IssueLink("1", "10000", first.id),)


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ("[1, Blocks, OVEN-9]", r"site.yml:23:\d+: link of 'OVEN-2': 'OVEN-9' is none of issues"),
        ("[1, Knocks, OVEN-1]", r"site.yml:23:\d+: a link of 'OVEN-2': 'Knocks' is no type of link .known: Blocks"),
        ("[1, Blocks]", r"site.yml:23:\d+: "),
        ("[1, Blocks, [x]]", r"is none of issues"),
    ],
)
def test_a_link_that_leads_nowhere_is_told_with_its_place(link: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        load(linked(link))


HOSTILE = {
    "aliases": b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n".encode() for n in range(9)
    ),
    "deep yaml": b"spaces: " + b"[" * 5_000,
    "deep json": b'{"spaces": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep json, whole": b'{"spaces": ' + b"[" * 300 + b"]" * 300 + b"}",
    "tag": b"name: !!python/object/apply:os.system [id]",
    "long yaml": b"name: x\n#" + b"y" * 500_000,
    "huge number": b'{"seed": ' + b"9" * 100_000 + b"}",
    "a time beyond all time": b'{"clock": 99999999999999999999999}',
    "a time before all time": b'{"clock": -99999999999999999999999}',
    "nan": b'{"seed": NaN}',
    "infinite": b'{"seed": 1e999}',
    "twice": b'{"name": "a", "name": "b"}',
    "half a pair": b'{"name": "\\ud800"}',
    "half a pair in YAML": b'name: "\\ud800"',
    "not UTF-8": b"name: \xff\xfe",
    "not UTF-8 JSON": b'{"name": "\xff"}',
    "cut off": b'{"name": "a", "people": [{"handle"',
    "NUL": b"name: \x00",
    "empty": b"",
    "a number": b"7",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_made_to_hurt_is_one_clear_error(name: str) -> None:
    with pytest.raises(InputError) as told:
        load(HOSTILE[name])
    assert len(told.value.problems) == 1
    assert told.value.exit_code == 2
    assert len(str(told.value)) < 300


def test_data_comes_from_the_folder_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files/loaf.png").write_bytes(b"\x89PNG")
    text = SMALL.replace('{title: ratio.csv, text: "flour,water"}', "{file: files/loaf.png}")
    (tmp_path / "bakery.yml").write_text(text)
    site = open_site("bakery.yml", seed=9, base=tmp_path)
    (attachment,) = page(site, "Sourdough").attachments
    assert (attachment.title, attachment.media_type, attachment.data) == ("loaf.png", "image/png", b"\x89PNG")


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("key")
    (tmp_path / "site").mkdir()
    (tmp_path / "site/loaf").symlink_to(tmp_path / "secret")
    text = SMALL.replace('{title: ratio.csv, text: "flour,water"}', "{file: loaf}")
    with pytest.raises(InputError, match="is not in the folder of the site"):
        load(text, tmp_path / "site")


TEXT = st.text(st.characters(codec="utf-8"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT | st.sampled_from(["yes", "~", "0x1f", "- a", "a: b", "a\n\nb\n", " a\nb"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(data=st.dictionaries(TEXT, JSON, min_size=1, max_size=4))
def test_what_is_written_as_yaml_reads_as_it_was(data: dict[str, object]) -> None:
    tree, problems = parse_yaml(file_text(data, as_json=False).encode(), "x.yml")
    assert not problems
    assert tree.data() == data


def test_json_of_more_values_than_memory_has_room_for_is_refused_before_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("forgesim.site.file.source.MAX_JSON_VALUES", 10)
    assert read_json(b"[" + b"0," * 10 + b"0]", "site.json") == [0] * 11
    with pytest.raises(InputError, match="more than 10 values"):
        read_json(b"[" + b"0," * 11 + b"0", "site.json")
