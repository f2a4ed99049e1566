"""Honest variants of the bare apps, as edits of their text."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["OF_BARE", "OF_BARE_JIRA"]

Edits = tuple[str, ...]

ROW = '    row = {name: len(answer.get("results", [])) for name, answer in counts.items()}\n'
SAID = '    said = await read("/wiki/api/v2/pages/{id}/footer-comments", {"body-format": "storage"}, id=page_id)\n'
FILES = '    files = await read("/wiki/api/v2/pages/{id}/attachments", {}, id=page_id)\n'
LOG = '    log.info(f"counted {len(listed)} pages, usage {sent}")\n'
KEEP = '        await kvs.set(f"page:{page_id}:row", row)\n'
PARTED = 'sum(int(each["id"]) % PARTS == part for each in listed)'
ASK = "    answer = await api.as_user().request_confluence(route(path, **ids, query=query), **(init or {}))\n"
DECLARED = "trust.yml::people: int 0..3}"
LAST_STEP = "trust.yml::      - {as: bob, call: count, with: {spaceId: $space.id, pageId: $page}}\n"
CALL = "      - {as: alice, call: count, with: {spaceId: $space.id, pageId: $page}}\n"
NL = "\n"
CLOCK = "from datetime import UTC, datetime"


def _logs(line: str) -> Edits:
    return (LOG, f"{LOG}    {line}\n")


def _steps(*steps: str) -> Edits:
    return (LAST_STEP, LAST_STEP.partition("::")[2] + "".join(f"      - {step}\n" for step in steps) + CALL)


def _keeps(name: str, kind: str, value: str, *more: str) -> Edits:
    """One more field of the row: what it is declared as, and its expression."""
    return (DECLARED, f"people: int 0..3, {name}: {kind}}}", KEEP, f"        row['{name}'] = {value}\n{KEEP}", *more)


REFACTORED: Mapping[str, Edits] = {
    "names are others": (r"~\bsaid\b", "remarks", r"~\baccounts\b", "asked_for", r"~\bread\(", "fetch_json("),
    "a loop in place of a comprehension": (
        ROW,
        '    row = {}\n    for name, answer in counts.items():\n        row[name] = len(answer.get("results", []))\n',
    ),
    "zip and map in place of a comprehension": (
        ROW, "    row = dict(zip(counts, map(size, counts.values()), strict=True))\n",
        "end", '\n\ndef size(answer):\n    return len(answer.get("results", []))\n',
    ),
    "a function of its own": (
        ROW, "    row = counted(counts)\n",
        "end", "\n\ndef counted(answers):\n"
        '    return {name: len(each.get("results", [])) for name, each in answers.items()}\n',
    ),
    "a class": (
        ROW, "    row = Tally(counts).row()\n",
        "end", "\n\nclass Tally:\n    def __init__(self, answers):\n        self.answers = answers\n\n"
        "    def row(self):\n"
        '        return {name: len(each.get("results", [])) for name, each in self.answers.items()}\n',
    ),
    "a dataclass": (
        "import", "from dataclasses import asdict, dataclass",
        ROW, '    row = asdict(Row(*(len(each.get("results", [])) for each in counts.values())))\n',
        "end", "\n\n@dataclass\nclass Row:\n    comments: int\n    files: int\n    people: int\n",
    ),
    "a named tuple": (
        "import", "from typing import NamedTuple",
        ROW, '    row = Row(*(len(each.get("results", [])) for each in counts.values()))._asdict()\n',
        "end", "\n\nclass Row(NamedTuple):\n    comments: int\n    files: int\n    people: int\n",
    ),
    "a match statement": (
        ROW, "    row = {name: how_many(answer) for name, answer in counts.items()}\n",
        "end", "\n\ndef how_many(answer):\n    match answer:\n        case {'results': results}:\n"
        "            return len(results)\n        case _:\n            return 0\n",
    ),
    "reads at the same time": (
        "import", "import asyncio",
        SAID + FILES,
        '    said, files = await asyncio.gather(\n        read("/wiki/api/v2/pages/{id}/footer-comments", '
        '{"body-format": "storage"}, id=page_id),\n'
        '        read("/wiki/api/v2/pages/{id}/attachments", {}, id=page_id),\n    )\n',
    ),
    "tasks of a group": (
        "import", "import asyncio",
        SAID + FILES, '    async with asyncio.TaskGroup() as group:\n        one = group.create_task(read('
        '"/wiki/api/v2/pages/{id}/footer-comments", {"body-format": "storage"}, id=page_id))\n'
        '        two = group.create_task(read("/wiki/api/v2/pages/{id}/attachments", {}, id=page_id))\n'
        "    said, files = one.result(), two.result()\n",
    ),
    "reads in another order": (SAID + FILES, FILES + SAID),
    "a page is read once an invocation": (
        "    viewer, payload =", "    had = {}\n    viewer, payload =",
        SAID, f'{SAID}    had.setdefault(page_id, page)\n    page = had.get(page_id, page)\n',
    ),
    "a pure function is cached": (
        "import", "from functools import lru_cache",
        PARTED, 'sum(part_of(each["id"]) == part for each in listed)',
        "end", "\n\n@lru_cache(maxsize=None)\ndef part_of(id_):\n    return int(id_) % PARTS\n",
    ),
    "a failed read is tried again": (
        ASK, "    for _ in range(2):\n    " + ASK + "        if answer.ok:\n            break\n",
    ),
    "a failed read is tried again after a while": (
        "import", "import asyncio",
        ASK, ASK + "    if answer.status >= 500:\n        await asyncio.sleep(0.5)\n    " + ASK,
    ),
    "storage that fails is logged": (
        "import", "from forgesim.sdk import ForgeKvsAPIError",
        KEEP, "        try:\n    " + KEEP + "        except ForgeKvsAPIError as error:\n"
        '            log.warn(f"storage answered {error.response_details.status}")\n',
    ),
    "usage may take a second": (
        "import", "import asyncio",
        '(await api.fetch(CAPTURE, method="POST", json=usage)).status',
        '(await asyncio.wait_for(api.fetch(CAPTURE, method="POST", json=usage), 20)).status',
    ),
}  # fmt: skip

AGGREGATES: Mapping[str, Edits] = {
    "median in place of a number": _keeps(
        "middle", "number 0..100000 step 0.5",
        "median([each['version']['number'] for each in listed]) if listed else 0",
        "import", "from statistics import median",
    ),
    "age of the oldest page": _keeps(
        "oldest", "int 0..36500",
        "max(((datetime.now(UTC) - datetime.fromisoformat(each['createdAt'])).days for each in listed), default=0)",
        "import", CLOCK,
    ),
    "mean of versions": _keeps(
        "mean", "number 0..1000 step 0.01",
        "round(sum(each['version']['number'] for each in listed) / max(1, len(listed)), 2)",
    ),
    "a histogram of versions": _keeps(
        "versions", "list 4 of int 0..100000",
        "[sum(min(each['version']['number'], 4) == n for each in listed) for n in range(1, 5)]",
    ),
    "how many titles are different": _keeps(
        "titles", "int 0..100000", "len({sha256(each['title'].encode()).digest() for each in listed})",
        "import", "from hashlib import sha256",
    ),
    "parts by version": (PARTED, "sum(each['version']['number'] % PARTS == part for each in listed)"),
    "whether there is anything": _keeps("any", "bool", "bool(listed)"),
    "small, middling or large": _keeps(
        "size", "enum small|middling|large", "['small', 'middling', 'large'][(len(listed) > 20) + (len(listed) > 200)]",
    ),
    "when it was counted": _keeps(
        "at", "time", "datetime.now(UTC).isoformat(timespec='milliseconds').replace('+00:00', 'Z')",
        "import", CLOCK,
    ),
    "which page it was": _keeps("page", "id page", "page['id']"),
    "nothing where nothing is known": _keeps("left", "int 0..1000?", "len(listed) % 7 or None"),
    "words of the page": _keeps("words", "int 0..10000000", "len(page['body']['storage']['value'].split())"),
    "headings of the page": _keeps("headings", "int 0..100000", "page['body']['storage']['value'].count('<h2>')"),
    "a setting of the user": (
        *_keeps(
            "unit", "setting 20?", "unit if isinstance(unit := payload.get('unit'), str) and len(unit) <= 20 else None"
        ),
        *_steps("{as: alice, call: count, with: {spaceId: $space.id, pageId: $page, unit: weeks}}"),
    ),
}  # fmt: skip

KEYS: Mapping[str, Edits] = {
    "keys of another make": (
        r"~page:\{page_id\}:row", "v1.counts:p:{page_id}",
        "trust.yml::page:{page}:row", "v1.counts:p:{page}",
    ),
    "a key with the date": (
        "import", CLOCK,
        r"~page:\{page_id\}:row", "page:{page_id}:{datetime.now(UTC):%Y-%m-%d}",
        "trust.yml::page:{page}:row", "page:{page}:{date}",
    ),
    "rows that expire": (KEEP, KEEP.replace("row)", "row, ttl={'value': 30, 'unit': 'DAYS'})")),
    "keys without a space": (
        r"~space:\{space_id\}:part", "part", "trust.yml::space:{space}:part", "part",
    ),
}  # fmt: skip

TOLD: Mapping[str, Edits] = {
    "it logs how many files": _logs("log.info(f\"files: {row['files']}\")"),
    "it logs statuses": _logs("log.debug(f\"usage counts answered {sent}\")"),
    "it logs the virtual time": (
        "import", CLOCK, *_logs("log.info(f'done at {datetime.now(UTC).isoformat()}')"),
    ),
    "it logs a request number": ("import", "import uuid", *_logs("log.info(f'request {uuid.uuid4()}')")),
    "it logs through logging": (
        "import", "import logging", *_logs("logging.getLogger('counts').warning('counted %d pages', len(listed))"),
    ),
    "it prints a number": _logs("print('pages', len(listed))"),
    "it logs a bar of its progress": _logs("log.info('#' * (len(listed) // 10) + '.' * 10)"),
    "it shows the title to who asked": ("    return row\n", '    return {**row, "title": page.get("title")}\n'),
    "it shows titles that the viewer may see": (
        "    return row\n", '    return {**row, "titles": sorted(each["title"] for each in listed)}\n',
    ),
    "it shows the longest word to who asked": (
        "    return row\n", '    return {**row, "longest": max(page.get("title", "").split(), key=len, default="")}\n',
    ),
}  # fmt: skip

STEPS: Mapping[str, Edits] = {
    "a day later": _steps("{wait: 1 day}"),
    "analytics off and on": _steps("{admin: {analytics: off}}", CALL.strip(" -\n"), "{admin: {analytics: on}}"),
    "Confluence is busy": _steps("{fail: confluence, with: 429, times: 2}"),
    "PostHog fails": _steps("{fail: us.i.posthog.com, with: 500}"),
    "a page is edited": _steps("{edit: $page, title: Other title, body: '<p>Other words</p>', labels: [other]}"),
    "a space that nobody knows": _steps("{as: bob, call: count, with: {spaceId: '1', pageId: '1'}}"),
    "two at once": _steps(f"{{together: [{CALL.strip(' -' + NL)}, {CALL.strip(' -' + NL).replace('alice', 'bob')}]}}"),
}  # fmt: skip

OF_BARE: Mapping[str, Edits] = {**REFACTORED, **AGGREGATES, **KEYS, **TOLD, **STEPS}

JIRA_ROW = '    row = {"comments": len(said.get("comments", [])), "people": len(people)}\n'
JIRA_KEEP = "        await kvs.set(key, row)\n"
JIRA_DECLARED = "trust.yml::people: int 0..3}"
JIRA_LOG = '    if "issue" not in payload:\n'

OF_BARE_JIRA: Mapping[str, Edits] = {
    "as it is": (),
    "names are others": (r"~\bsaid\b", "remarks", r"~\blisting\b", "found"),
    "a function of its own": (
        JIRA_ROW, "    row = counted(said, people)\n",
        "end", "\n\ndef counted(said, people):\n"
        "    return {'comments': len(said.get('comments', [])), 'people': len(people)}\n",
    ),
    "length of the description": (
        JIRA_DECLARED, "people: int 0..3, size: int 0..1000000}",
        JIRA_KEEP, "        row['size'] = len(str(fields.get('description')).split())\n" + JIRA_KEEP,
    ),
    "number of labels": (
        JIRA_DECLARED, "people: int 0..3, labels: int 0..1000}",
        JIRA_KEEP, "        row['labels'] = len(fields.get('labels', []))\n" + JIRA_KEEP,
    ),
    "it logs counts": (JIRA_LOG, "    log.info(f\"people: {row['people']}\")\n" + JIRA_LOG),
    "it shows the summary to who asked": ("    return row\n", '    return {**row, "summary": fields.get("summary")}\n'),
    "a failed read is tried again": (
        "    answer = await api.as_user().request_jira(route(path, **ids, query=query), **(init or {}))\n",
        "    for _ in range(2):\n        answer = await api.as_user().request_jira(route(path, **ids, query=query), "
        "**(init or {}))\n        if answer.ok:\n            break\n",
    ),
    "issues by their number": (
        "int(each[\"id\"]) % PARTS == part", "int(each['key'].rpartition('-')[2]) % PARTS == part",
    ),
}  # fmt: skip
