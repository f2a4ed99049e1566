"""What a condition in an app's source asks for, found without running any of it."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest

from forgesim.clock import EPOCH_MS
from forgesim.source.goals import alternatives
from forgesim.source.guards import Map
from forgesim.source.program import Program
from forgesim.source.solve import Pool, Want, wants_of

HEAD = "import base64, datetime, hashlib, re, time\n\nMAGIC = 'sesame'\nTABLE = {'full': 1, 'part': 2}\nSEEN = []\n\n\n"
POOL = Pool(ids=("65", "66", "67"), accounts={"712020:a1": "alice", "712020:b2": "bob"}, now_ms=EPOCH_MS)


def wanted(condition: str, *before: str) -> list[list[Want]]:
    """What the first way to reach the body of ``if condition`` wants, one list for each thing."""
    lines = [*before, "page = await fetch_page(request.payload['pageId'])", f"if {condition}:", "    leak()"]
    body = "".join(f"    {line}\n" for line in lines)
    source = f"{HEAD}async def call(request):\n{body}"
    where = Map(Program({"src/a.py": source}))
    leak = where.places[f"src/a.py:{source.count(chr(10))}:8"]
    goals = alternatives(leak.guards, where.program.scope(leak.function), where)
    return wants_of(goals[0], where.program, POOL)


TOLD: list[tuple[str, str, tuple[str, ...], Any]] = [
    ("request.payload.get('mode') == 'full'", "payload", ("mode",), "full"),
    ("request.payload['options']['level'] > 8", "payload", ("options", "level"), 9),
    ("request.payload.get('key') == MAGIC", "payload", ("key",), "sesame"),
    ("request.payload.get('key') == base64.b64decode('c2VzYW1l').decode()", "payload", ("key",), "sesame"),
    ("request.payload.get('key') == 'ses' + 'ame'[::1]", "payload", ("key",), "sesame"),
    ("request.payload.get('mode') in TABLE", "payload", ("mode",), "full"),
    ("any(each['mode'] == 'x-7' for each in request.payload['all'])", "payload", ("all", "[]", "mode"), "x-7"),
    ("not all(each < 41 for each in request.payload['all'].values())", "payload", ("all", "{}"), 41),
    ("request.context.get('locale') == 'de-DE'", "context", ("locale",), "de-DE"),
    ("request.context.extension.get('kind') == 'x'", "context", ("extension", "kind"), "x"),
    ("page['title'] == 'Project Nightfall'", "title", (), "Project Nightfall"),
    ("'launch code' in page['body']['storage']['value']", "body", (), "launch code"),
    ("any(each['name'] == 'merger' for each in page['labels']['results'])", "label", (), "merger"),
    ("'merger' in [each['name'] for each in page['labels']['results']]", "label", (), "merger"),
    ("len(page['body']['storage']['value']) > 20000", "size", ("body",), 20_001),
    ("len(SEEN) > 4", "calls", ("counter",), 7),
    ("int(page['id']) % 16 == 3", "id", (), "67"),
    ("re.search(r'CONF-[0-9]{3}', page['title'])", "title", (), "CONF-000"),
    ("request.context.account_id.endswith('b2')", "person", (), "bob"),
    ("page['ownerId'] is None", "empty", ("owner",), None),
    ("not page.get('parentId')", "empty", ("parent",), None),
    ("not page['labels']['results']", "empty", ("labels",), None),
    ("len(page['body']['storage']['value']) == 0", "empty", ("body",), None),
    ("page['fields']['priority'] is None", "empty", ("priority",), None),
    ("not (page['fields']['priority'] or {}).get('name')", "empty", ("priority",), None),
    ("(page['fields'].get('assignee') or {}).get('displayName', 'nobody') == 'nobody'", "empty", ("assignee",), None),
    ("not page['fields']['customfield_10016']", "empty", ("estimate",), None),
    ("'parent' not in page['fields']", "empty", ("parent",), None),
    ("page['fields']['duedate']", "filled", ("duedate",), None),
    ("page['fields']['duedate'] < '2020-01-01'", "filled", ("duedate",), "2019-12-31"),
    ("page['fields']['priority']['name'] == 'Highest'", "filled", ("priority",), "Highest"),
    ("(page['fields']['customfield_10016'] or 0) >= 40", "filled", ("estimate",), 40),
    ("page['version']['message']", "filled", ("message",), None),
    ("not [each for each in page['fields']['customfield_10020'] or []]", "empty", ("sprint",), None),
]


@pytest.mark.parametrize(("condition", "kind", "path", "value"), TOLD, ids=[row[0] for row in TOLD])
def test_a_condition_tells_what_it_asks_for(condition: str, kind: str, path: tuple[str, ...], value: Any) -> None:
    wants = [want for group in wanted(condition) for want in group]
    assert any((want.kind, want.path, want.value) == (kind, path, value) for want in wants), wants


@pytest.mark.parametrize(
    "condition",
    [
        "page['fields']['priority']",
        "page['fields']['priority']['name'] == 'High'",
        "'parent' in page",
        "page['labels'] != []",
    ],
)
def test_what_has_to_be_there_is_not_emptied(condition: str) -> None:
    assert "empty" not in {want.kind for group in wanted(condition) for want in group}


def test_two_empty_fields_are_two_things() -> None:
    groups = wanted("page['fields']['assignee'] is None and not page['fields']['reporter']")
    assert [group[0] for group in groups] == [Want("empty", ("assignee",)), Want("empty", ("reporter",))]


def test_conditions_on_the_time_come_true_together() -> None:
    condition = "datetime.datetime.now(datetime.UTC).day == 13 and datetime.datetime.now(datetime.UTC).weekday() == 4"
    (group,) = wanted(condition)
    moment = datetime.fromtimestamp(group[0].value / 1000, UTC)
    assert (moment.day, moment.weekday()) == (13, 4)
    assert group[0].value >= EPOCH_MS


def test_a_short_prefix_of_a_hash_is_searched_for() -> None:
    (group,) = wanted("hashlib.sha256(page['title'].encode()).hexdigest().startswith('00')")
    assert group[0].kind == "title"
    assert sha256(group[0].value.encode()).hexdigest().startswith("00")


def test_a_long_hash_is_not_found_and_nothing_is_invented() -> None:
    digest = sha256(b"no pseudo-word").hexdigest()
    wants = [
        want for group in wanted(f"hashlib.sha256(page['title'].encode()).hexdigest() == '{digest}'") for want in group
    ]
    assert {want.value for want in wants} <= {digest}


def test_flags_are_followed_to_where_they_are_set() -> None:
    before = ("special = False", "if request.payload.get('a') == 'b':", "    special = True")
    wants = [want for group in wanted("special", *before) for want in group]
    assert Want("payload", ("a",), "b") in wants


def test_no_code_of_the_app_runs() -> None:
    """Neither what would end this process, nor a pattern that never ends."""
    assert wanted("exit() == 3 or __import__('os')._exit(1)") is not None
    assert wanted("re.match('(a+)+$', page['title'])") is not None


def test_sizes_are_bounded() -> None:
    assert wanted("request.payload.get('x') == 'a' * 10 ** 12") is not None
    assert wanted("request.payload.get('x') == 'a' * 1000000000000") is not None


ORDER = """
from forgesim.source.program import Program
from forgesim.source.solve import constants_in
program = Program({"src/a.py": "def asks(x):\\n    return x == set(('b', 'a', 'd', 'c'))"})
asks = program.functions[0]
print(constants_in(program.modules["src/a.py"].body[0].body[0].value, program, program.scope(asks)))
"""


def test_members_of_a_set_come_in_the_same_order_in_every_process() -> None:
    orders = [
        subprocess.run(
            [sys.executable, "-c", ORDER], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True, text=True
        ).stdout
        for seed in "1234"
    ]

    assert orders == ["['a', 'b', 'c', 'd']\n"] * 4
