"""CQL is read and written back the same, means what a plain reading of it says, and never breaks the server."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from forgesim.clock import EPOCH_MS
from forgesim.products.clock import Clock
from forgesim.products.confluence import cql
from forgesim.products.confluence.cql import And, Clause, Node, Not, Or, Order, Query, Value, parse, render
from forgesim.products.confluence.cql_match import Matcher
from forgesim.products.confluence.service import Confluence
from forgesim.products.confluence.world import World
from forgesim.scopes.table import find
from forgesim.site.generate import proof as proof_site
from forgesim.site.model import Site

SEARCH = "/wiki/rest/api/search"
ALICE = "712020:alice"

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
WORD = TEXT.filter(lambda text: bool(text.strip()) and text.strip() == text)
VALUES = st.one_of(
    TEXT.map(lambda text: Value(text, True)),
    WORD.map(Value),
    st.builds(lambda name, given: Value(name, False, tuple(given)), WORD, st.lists(TEXT, max_size=3)),
)
LISTS = st.one_of(
    st.lists(VALUES, min_size=2, max_size=4).map(tuple),
    VALUES.map(lambda value: (value,)),
)
NAMES = WORD.map(str.lower).filter(lambda text: text == text.lower() and text.strip() == text)
CLAUSES = st.one_of(
    st.builds(lambda f, o, v: Clause(field=f, op=o, values=(v,)), NAMES, st.sampled_from(cql.OPERATORS[:8]), VALUES),
    st.builds(lambda f, o, v: Clause(field=f, op=o, values=v), NAMES, st.sampled_from(["in", "not in"]), LISTS),
)


def joined(of: type[And | Or], inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.lists(inner, min_size=2, max_size=3).map(lambda parts: of(tuple(parts)))


def trees(clauses: st.SearchStrategy[Any], leaves: int = 8) -> st.SearchStrategy[Any]:
    return st.recursive(
        clauses, lambda inner: st.one_of(joined(And, inner), joined(Or, inner), inner.map(Not)), max_leaves=leaves
    )


ORDERS = st.lists(st.builds(Order, NAMES, st.booleans()), max_size=7).map(tuple)


@given(trees(CLAUSES), ORDERS)
def test_what_is_rendered_is_read_as_the_same(where: Node, order: tuple[Order, ...]) -> None:
    query = Query(where=where, order=order)
    assert parse(render(query)) == query


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a = 1 or b = 2 and c = 3", "a = 1 or (b = 2 and c = 3)"),
        ("not a = 1 and b = 2", "not a = 1 and b = 2"),
        ("not (a = 1 and b = 2)", "not (a = 1 and b = 2)"),
        ("a=1 && !b!=2||c!~'x y'", '(a = 1 and not b != 2) or c !~ "x y"'),
        ("A In (1,'2',f(x)) ORDER BY b DESC, C", 'a in (1, "2", f("x")) order by b desc, c asc'),
        ('a = "\\"q\\" \\\\ \\u00e9 \\n"', 'a = "\\"q\\" \\\\ é \n"'),
        ("a = b\\ c", "a = b\\ c"),
        ("'order' = and", '"order" = and'),
    ],
)
def test_precedence_and_escapes(text: str, tree: str) -> None:
    assert render(parse(text)) == tree


# --- a plain reading of the language, written for this test ---


def rows(site: Site) -> list[dict[str, Any]]:
    """All content of the site as one flat record each."""
    found: list[dict[str, Any]] = []
    for page in site.pages.values():
        above, here = [], page.parent_id
        while here in site.pages and here not in above:
            above.append(here)
            here = site.pages[here].parent_id
        space = site.spaces[page.space_id]
        common = {"space": space.key.lower(), "space.type": space.kind, "mentions": (), "labels": (), "above": ()}
        names = {each.name for each in page.labels}
        found.append(common | {
            "type": page.kind, "id": page.id, "title": page.title, "labels": names,
            "above": above, "parent": page.parent_id, "container": None, "creator": page.author,
            "contributors": {page.author, page.updated_by, *(each.author for each in page.versions)},
            "created": page.created_at, "lastmodified": page.updated_at,
        })  # fmt: skip
        things: list[Any] = [*page.comments, *page.attachments]
        for thing in things:
            is_file = hasattr(thing, "data")
            found.append(common | {
                "type": "attachment" if is_file else "comment", "id": f"att{thing.id}" if is_file else thing.id,
                "title": getattr(thing, "title", ""), "parent": None, "container": page.id, "creator": thing.author,
                "contributors": {thing.author}, "created": thing.created_at, "lastmodified": thing.created_at,
            })  # fmt: skip
    found += [
        {
            "type": "space", "id": f"space {space.id}", "title": space.name, "labels": (), "above": (), "parent": None,
            "container": None, "creator": space.owner, "contributors": {space.owner}, "created": space.created_at,
            "lastmodified": space.created_at, "space": space.key.lower(), "space.type": space.kind,
        }
        for space in site.spaces.values()
    ]  # fmt: skip
    return found


def day_of(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d")


def means(node: Node, row: dict[str, Any]) -> bool:
    match node:
        case And(parts):
            return all(means(part, row) for part in parts)
        case Or(parts):
            return any(means(part, row) for part in parts)
        case Not(part):
            return not means(part, row)
    texts = [value.text for value in node.values]
    if node.field in ("created", "lastmodified"):
        mine, theirs = day_of(row[node.field]), texts[0]
        midnight = row[node.field] % 86_400_000 < 60_000
        return {"=": mine == theirs, "!=": mine != theirs, ">=": mine >= theirs, "<": mine < theirs,
                ">": mine > theirs or (mine == theirs and not midnight),
                "<=": mine < theirs or (mine == theirs and midnight)}[node.op]  # fmt: skip
    if node.op in ("~", "!~"):
        return (texts[0].lower() in re.findall(r"\w+", row["title"].lower())) == (node.op == "~")
    held = {
        "label": row["labels"], "ancestor": row["above"], "contributor": row["contributors"],
        "title": [row["title"].lower()], "space": [row["space"]],
    }.get(node.field, [row.get(node.field)])  # fmt: skip
    wanted = [text.lower() for text in texts] if node.field in ("title", "space", "label", "type") else texts
    return any(each in wanted for each in held) == (node.op in ("=", "in"))


def compared(field: str, drawn: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    def clause(op: str, texts: list[str]) -> Clause:
        kept = texts[:1] if op in ("=", "!=") else texts
        return Clause(field=field, op=op, values=tuple(Value(text, True) for text in kept))

    return st.builds(clause, st.sampled_from(["=", "!=", "in", "not in"]), st.lists(drawn, min_size=1, max_size=3))


def of_site(site: Site) -> st.SearchStrategy[Any]:
    """Clauses whose operands mostly occur on the site."""
    pages = list(site.pages.values())
    ids = st.sampled_from([page.id for page in pages] + ["999999"])
    labels = st.sampled_from([*sorted({label.name for page in pages for label in page.labels}), "none"])
    people = st.sampled_from([*site.users, "712020:nobody"])
    days = st.integers(-400, 2).map(lambda n: datetime.fromtimestamp(EPOCH_MS / 1000, UTC) + timedelta(days=n))
    sets = {
        "type": st.sampled_from(["page", "comment", "attachment", "space", "blogpost"]),
        "space": st.sampled_from([space.key for space in site.spaces.values()] + ["NOPE"]),
        "space.type": st.sampled_from(["global", "personal"]),
        "label": labels, "id": ids, "parent": ids, "ancestor": ids, "container": ids, "creator": people,
        "contributor": people, "title": st.sampled_from([page.title for page in pages]),
    }  # fmt: skip
    equal = [compared(name, drawn) for name, drawn in sets.items()]
    words = sorted({word for page in pages for word in page.title.split() if word.isalpha()})
    times = st.builds(
        lambda name, op, day: Clause(field=name, op=op, values=(Value(day.strftime("%Y-%m-%d")),)),
        st.sampled_from(["created", "lastmodified"]), st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), days,
    )  # fmt: skip
    titles = st.builds(lambda op, word: Clause(field="title", op=op, values=(Value(word),)),
                       st.sampled_from(["~", "!~"]), st.sampled_from(words))  # fmt: skip
    return st.one_of(*equal, times, titles)


@cache
def proof() -> Site:
    return proof_site(1)


@cache
def proof_world() -> World:
    return World(proof())


@cache
def proof_rows() -> list[dict[str, Any]]:
    return rows(proof())


@settings(max_examples=300, deadline=None)
@given(st.deferred(lambda: trees(of_site(proof()), 5)))
def test_a_query_means_what_a_plain_reading_says_with_the_index_or_without(where: Node) -> None:
    matcher = Matcher(proof_world(), ALICE, Clock(EPOCH_MS))
    found = {name(entry) for entry in matcher.select(Query(where=where))}
    assert found == {row["id"] for row in proof_rows() if means(where, row)}
    test = matcher.test(where)
    assert found == {name(entry) for entry in matcher.world.search.entries if test(entry)}


def name(entry: Any) -> str:
    return f"space {entry.id}" if entry.kind == "space" else str(entry.id)


# --- nothing breaks it ---

PIECES = st.sampled_from(
    ["type", "space", "text", "title", "label", "created", "ancestor", "creator", "user", "space.title",
     "=", "!=", "~", "!~", "<", ">=", "in", "not", "(", ")", ",", "and", "or", "order", "by", "desc", "page", "DOCS",
     "101", "howto", "now('-3d')", "startOfDay(1M)", "currentUser()", "currentContent()", "2026-01-01", "'a* b'",
     "\"x~\"", "-", "*", "\\",
     '"', "é", "!", "\ud800"]
)  # fmt: skip
VALID = ["type = page and text ~ 'brave*'", "created > now(-3w) order by title desc",
         "not (label in (a, b) or id = 100)",
         "title !~ '\"a b\"' and creator = currentUser()"]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A valid query with a piece of it cut, doubled or replaced."""
    text = draw(st.sampled_from(VALID))
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, len(text)))
    return text[:start] + draw(st.one_of(st.just(""), st.text(max_size=4), st.just(text[start:end] * 2))) + text[end:]


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.lists(PIECES, max_size=10).map(" ".join), st.text(max_size=40), mutated()),
       st.sampled_from([SEARCH, "/wiki/rest/api/content/search", "/wiki/rest/api/search/user"]))  # fmt: skip
def test_no_query_raises(site: Site, text: str, path: str) -> None:
    status, body = asked(site, path, text)
    assert status in (200, 400, 501)
    assert set(body) >= {200: {"results", "_links"}, 400: {"statusCode", "message"}, 501: {"message"}}[status]


def asked(site: Site, path: str, text: str) -> tuple[int, Any]:
    match = find("confluence", "GET", path)
    assert match is not None
    got = Confluence(site).perform(match.operation, {}, [("cql", text)], b"", account=ALICE, now_ms=EPOCH_MS)
    return got.answer.status, json.loads(got.answer.body)


@pytest.mark.parametrize(
    "text",
    ["(" * 5000 + "type = page", "not " * 5000 + "type = page", "!" * 100_000, "type = page and " * 7000 + "id = 1",
     "'" + "x" * 100_000 + "'", "text ~ '" + "a* " * 30_000 + "'", "created > now('9999999y')",
     "created > now(999999y)",
     "created > startOfYear(-2026y)", "created > now(-99999d)", "created = 0001-01-01", "created > 9999-12-31",
     "id = 99999999999999999999999", "text ~ \"\\ud800\""],
    ids=range(14),
)  # fmt: skip
def test_a_monster_is_refused_or_answered(site: Site, text: str) -> None:
    assert asked(site, SEARCH, text)[0] in (200, 400)
