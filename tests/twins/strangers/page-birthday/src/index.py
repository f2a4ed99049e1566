"""How old a page is in days, and whether today is its birthday."""

from __future__ import annotations

from datetime import UTC, datetime

from forgesim.sdk import Resolver, api, kvs, log, route

resolver = Resolver()
handler = resolver.handler

FORMATS = ("days", "title", "days")
"""What a row holds: the first format, and the second for rows of the autumn release."""


async def page_of(page_id):
    answer = await api.as_user().request_confluence(route("/wiki/api/v2/pages/{id}", id=page_id))
    if not answer.ok:
        raise RuntimeError(f"page: {answer.status}")
    return await answer.json()


def season(now):
    """0 until October, 1 in the autumn release."""
    return int((now.month, now.day) >= (10, 1))


def row(page, now):
    born = datetime.fromisoformat(page["createdAt"])
    return {
        "days": (now - born).days,
        "birthday": (now.month, now.day) == (born.month, born.day),
        "title": page["title"],
    }


@resolver.define("birthday")
async def birthday(request):
    now = datetime.now(UTC)  # noqa: TID251
    page = await page_of(request.payload["pageId"])
    facts = row(page, now)
    await kvs.set(f"page:{page['id']}:age", {"v": 1, "age": facts[FORMATS[season(now)]]})
    log.info(f"{facts['days']} days")
    return facts


@resolver.define("before")
async def before(request):
    page = await page_of(request.payload["pageId"])
    return await kvs.get(f"page:{page['id']}:age") or {}
