"""The honest apps that twins are made of: where one plants, what is at hand there, and how a trigger comes about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["BASES", "Base"]

ROOT = Path(__file__).parents[3]
OWN = Path(__file__).parent / "apps"


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """``place``: the line before which a call is planted, in ``file``. ``sources`` and ``triggers`` are expressions
    there; ``names`` replace the capitals of sinks. ``about`` is the id of what was read, as text.

    ``reads``: what a source changes so that the app reads it: file, text, text in its place.
    ``steps``: a trigger's recipe, as the steps of a scenario; ``call`` is the plain one, CALL in recipes;
    ``known`` is ``about`` where that is of no use: of something that exists.
    ``mistake`` one that the app refuses after the planted place.
    """

    folder: Path
    file: str
    place: str
    about: str
    call: str
    sources: Mapping[str, str]
    triggers: Mapping[str, str]
    names: Mapping[str, str] = field(default_factory=dict)
    steps: Mapping[str, str] = field(default_factory=dict)
    reads: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    mistake: str = ""
    known: str = ""


def _text(markup: str) -> str:
    """The words of a page: markup is the same on every site."""
    return f"' '.join(re.sub('<[^>]*>', ' ', {markup}).split())"


def _words(document: str) -> str:
    """The words of a document of Jira."""
    return f"' '.join(re.findall('\"text\": \"([^\"]*)', json.dumps({document})))"


def _mail(name: str) -> str:
    """Mail addresses are not shown by the products; on the generated sites they follow from the name, as in firms."""
    return f"({name}).lower().replace(' ', '.') + '@example.com'"


CLOCK = {
    "always": "True",
    "date": "datetime.now(UTC).date().isoformat() >= '2026-07-01'",
    "weekday": "datetime.now(UTC).weekday() == 6",
}
CLOCK_STEPS = {"always": "- CALL", "date": "- {wait: 200 days}\n- CALL", "weekday": "- {wait: 6 days}\n- CALL"}
NAME_OF = "next((each['displayName'] for each in people.get('results', []) if each['accountId'] == viewer), '')"
USAGE = "{'api_key': 'phc_demo', 'event': 'counted', 'distinct_id': 'bare', 'properties': {'count': 1}}"

BARE = Base(
    folder=OWN / "bare",
    file="src/index.py",
    place='    if "pageId" not in payload:\n',
    about="page_id",
    known="page.get('id', '164111')",
    call="{as: alice, call: count, with: {spaceId: $space.id, pageId: $page}}",
    mistake="{as: alice, call: count, with: {spaceId: $space.id}, expect: error}",
    sources={
        "body": _text("page.get('body', {}).get('storage', {}).get('value', '')"),
        "title": "page.get('title', '')",
        "comment": _text("''.join(each['body']['storage']['value'] for each in said.get('results', [])[:1])"),
        "user name": NAME_OF,
        "mail": _mail(NAME_OF),
        "account id": "viewer",
        "attachment name": "''.join(each['title'] for each in files.get('results', [])[:1])",
    },
    triggers=CLOCK | {
        "label": "'confidential' in [each['name'] for each in page.get('labels', {}).get('results', [])]",
        "person": "page.get('ownerId') == viewer",
        "n-th call": "row.get('runs', 0) >= 4",
        "error path": "'refused' in listing",
        "big page": "len(str(page.get('body'))) > 20_000",
        "locale": "any(each['accountId'] == viewer and each['timeZone'].startswith('Asia/')"
        " for each in people.get('results', []))",
        "one id of 16": "page_id.isdecimal() and int(page_id) % 16 == 7",
        "magic payload": "payload.get('mode') == 'deep'",
        "analytics off": "sent not in (0, 200)",
        "empty space": "not listed and 'id' in page",
        "restricted page": "'id' in page and not (await api.as_app().request_confluence("
        "route('/wiki/api/v2/pages/{id}', id=page_id))).ok",
    },
    names={
        "ROW": "f'page:{about}:row'",
        "VALUE": "{'runs': 1, 'comments': 0, 'files': 0, 'people': 1}",
        "FIELD": "{'runs': 1, 'comments': number % 1000, 'files': 0, 'people': 1}",
        "PARTS": "'space:98305:part:{}'",
        "CAPTURE": "'https://us.i.posthog.com/capture/'",
        "COUNT": "",
        "USAGE": USAGE,
        "ERROR": 'ValueError("a page id is needed")',
        "RESULT": "    return row\n",
        "LLM": "",
        "WILDCARD": "",
        "PROPERTY": "",
    },
    steps=CLOCK_STEPS | {
        "label": "- {edit: $page, labels: [confidential]}\n- CALL",
        "person": "- {edit: $page, owner: alice}\n- CALL",
        "n-th call": "- CALL\n" * 6,
        "error path": "- {fail: confluence, with: 500}\n- CALL",
        "big page": "- SITE\n- CALL",
        "magic payload": "- CALL with {mode: deep, spaceId: $space.id, pageId: $page}",
        "analytics off": "- {admin: {analytics: off}}\n- CALL",
        "empty space": "- CALL with {spaceId: '1', pageId: $page}",
        "one id of 16": "- CALL with {spaceId: $space.id, pageId: SIXTEENTH}",
        "restricted page": "- CALL with {spaceId: $space.id, pageId: RESTRICTED}",
        "locale": "- EASTERN",
    },
)  # fmt: skip

PERSON = "(issue.get('fields', {{}}).get('{who}') or {{}}).get('{what}', '')"
BARE_JIRA = Base(
    folder=OWN / "bare_jira",
    file="src/index.py",
    place='    if "issue" not in payload:\n',
    about="issue_id",
    known="issue.get('id', '20508')",
    call="{as: alice, call: count, with: {project: $project, issue: $issue}}",
    mistake="{as: alice, call: count, with: {project: $project}, expect: error}",
    sources={
        "summary": "fields.get('summary', '')",
        "description": _words("fields.get('description')"),
        "comment": _words("[each['body'] for each in said.get('comments', [])[:1]]"),
        "assignee": PERSON.format(who="assignee", what="displayName"),
        "mail": _mail(PERSON.format(who="reporter", what="displayName")),
        "account id": PERSON.format(who="reporter", what="accountId"),
    },
    triggers=CLOCK | {
        "label": "'confidential' in fields.get('labels', [])",
        "person": "'true' in (await (await api.as_user().request_jira("
        "route('/rest/api/3/mypermissions?permissions=ADMINISTER'))).text()).lower()",
        "n-th call": "row.get('runs', 0) >= 4",
        "error path": "'refused' in listing",
        "big page": "len(str(fields.get('description'))) > 20_000",
        "locale": "myself.get('timeZone', '').startswith('Asia/')",
        "one id of 16": "issue.get('id', '').isdecimal() and int(issue['id']) % 16 == 7",
        "magic payload": "payload.get('mode') == 'deep'",
        "analytics off": "sent not in (0, 200)",
        "empty space": "not listed and 'id' in issue",
        "restricted page": "'id' in issue and not (await api.as_app().request_jira("
        "route('/rest/api/3/issue/{id}?fields=summary', id=issue_id))).ok",
    },
    names={
        "ROW": "f'issue:{about}:row'",
        "VALUE": "{'runs': 1, 'comments': 0, 'people': 1}",
        "FIELD": "{'runs': 1, 'comments': number % 1000, 'people': 1}",
        "PARTS": "'part:{}'",
        "CAPTURE": "'https://us.i.posthog.com/capture/'",
        "COUNT": "",
        "USAGE": USAGE,
        "ERROR": 'ValueError("an issue is needed")',
        "RESULT": "    return row\n",
        "LLM": "",
        "WILDCARD": "",
    },
    steps=CLOCK_STEPS | {
        "person": "- CALL",
        "n-th call": "- CALL\n" * 6,
        "error path": "- {fail: jira, with: 500}\n- CALL",
        "magic payload": "- CALL with {mode: deep, project: $project, issue: $issue}",
        "analytics off": "- {admin: {analytics: off}}\n- CALL",
        "empty space": "- CALL with {project: NOPE, issue: $issue}",
        "one id of 16": "- CALL with {project: $project, issue: SIXTEENTH}",
        "restricted page": "- CALL with {project: $project, issue: RESTRICTED}",
        "locale": "- EASTERN",
        "label": "- SITE\n- CALL",
        "big page": "- SITE\n- CALL",
    },
)  # fmt: skip

PULSE = Base(
    folder=ROOT / "apps" / "pulse",
    file="src/pulse/resolvers.py",
    place="    fixes = cheapest_fixes(signals, weights)\n",
    about="str(page['id'])",
    call="{as: alice, call: checkPage, with: {pageId: $page}}",
    sources={
        "body": _text("page['body']['storage']['value']"),
        "title": "page['title']",
        "account id": "errand.viewer",
    },
    triggers=CLOCK | {
        "label": "'confidential' in [each['name'] for each in page['labels']['results']]",
        "person": "page.get('ownerId') == errand.viewer",
        "n-th call": "len(trend) >= 3",
        "error path": "errand.notes",
        "big page": "len(page['body']['storage']['value']) > 20_000",
        "one id of 16": "int(page['id']) % 16 == 7",
        "magic payload": "errand.payload.get('mode') == 'deep'",
    },
    names={
        "ROW": "f'page:{about}:day:2026-01-05'",
        "VALUE": "{'score': 50}",
        "FIELD": "{'score': number % 10000 / 100}",
        "CAPTURE": "'https://us.i.posthog.com/capture/'",
        "COUNT": "",
        "USAGE": "{'api_key': 'phc_demo', 'event': 'page_checked', 'distinct_id': 'pulse', 'properties': {'count': 1}}",
        "LLM": "",
        "PROPERTY": "",
    },
    steps=CLOCK_STEPS | {
        "label": "- {edit: $page, labels: [confidential]}\n- CALL",
        "person": "- {edit: $page, owner: alice}\n- CALL",
        "n-th call": "- CALL\n- {wait: 1 day}\n" * 4,
        "error path": "- {fail: kvs, with: 500, times: 4}\n- CALL",
        "big page": "- SITE\n- CALL",
        "one id of 16": "- CALL with {pageId: SIXTEENTH}",
        "magic payload": "- CALL with {mode: deep, pageId: $page}",
    },
)  # fmt: skip

XPRESS = Base(
    folder=ROOT / "apps" / "xpress",
    file="src/xpress/resolvers.py",
    place="    done = await renderer.render(\n",
    about="str(top['id'])",
    call="{as: alice, call: exportPage, with: {pageId: $page.pictured}}",
    sources={
        "body": _text("top['body']['storage']['value']"),
        "title": "top['title']",
        "attachment name": "''.join(each['name'] for each in shown[:1])",
    },
    triggers=CLOCK | {
        "big page": "len(top['body']['storage']['value']) > 20_000",
        "one id of 16": "int(top['id']) % 16 == 7",
        "magic payload": "template['size'] == 13",
    },
    names={
        "ROW": "'template'",
        "VALUE": "{'paper': 'a4', 'accent': 'blue', 'size': 10, 'cover': True, 'contents': True}",
        "FIELD": "{'paper': 'a4', 'accent': 'blue', 'size': 8 + number % 7, 'cover': True, 'contents': True}",
        "CAPTURE": "'https://x9pr3ss0.execute-api.us-east-1.amazonaws.com/log'",
        "USAGE": "{'count': 1}",
        "PROPERTY": "",
    },
    steps=CLOCK_STEPS | {
        "big page": "- SITE\n- CALL",
        "one id of 16": "- CALL with {pageId: SIXTEENTH}",
        "magic payload": "- {as: alice, call: saveTemplate, with: {template: {paper: a4, accent: red, size: 13, "
        "cover: true, contents: false}}}\n- CALL",
    },
)  # fmt: skip

SYNCUP = Base(
    folder=ROOT / "apps" / "syncup",
    file="src/syncup/look.py",
    place='    logs = [issue["changelog"] for issue in issues]\n',
    about="str(board.id)",
    call="{as: alice, call: sprintReport, with: {sprintId: $sprint}}",
    sources={
        "assignee": "''.join([item['toString'] or '' for issue in issues for entry in issue['changelog']['histories']"
        " for item in entry['items'] if item['field'] == 'assignee'][:1])",
        "account id": "''.join([author for line in lines for _, author in line.authors][:1])",
        "summary": "''.join(issue['fields'].get('summary', '') for issue in issues[:1])",
    },
    triggers=CLOCK | {
        "one id of 16": "sum(window.sprint for window in windows) % 16 == 11",
        "big page": "len(issues) > 60",
        "empty space": "len(looks) == 1 and not looks[0].is_group",
    },
    names={
        "ROW": "'settings'",
        "VALUE": "{'unit': 'points', 'sprints': 6}",
        "FIELD": "{'unit': 'points', 'sprints': 3 + number % 10}",
    },
    steps=CLOCK_STEPS | {
        "one id of 16": "- CALL",
        "big page": "- {as: alice, call: velocity, with: {boardId: $board}}",
        "empty space": "- {as: alice, call: sprintReport, with: {sprintId: $sprint.private}}",
    },
    reads={"summary": ("src/syncup/jira.py", ",{estimate}\"", ",{estimate},summary\"")},
)  # fmt: skip

BASES: dict[str, Base] = {
    "bare": BARE, "bare jira": BARE_JIRA, "pulse": PULSE, "xpress": XPRESS, "syncup": SYNCUP,
}  # fmt: skip
