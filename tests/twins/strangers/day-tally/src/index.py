"""How often a page was looked at on each of the last thirty days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from forgesim.sdk import Resolver, WhereConditions, api, kvs, route

resolver = Resolver()
handler = resolver.handler

DAYS = 30


async def allowed(page_id):
    answer = await api.as_user().request_confluence(route("/wiki/api/v2/pages/{id}", id=page_id))
    if not answer.ok:
        raise PermissionError(f"page: {answer.status}")


def today():
    return datetime.now(UTC).date()  # noqa: TID251


@resolver.define("look")
async def look(request):
    page_id = request.payload["pageId"]
    await allowed(page_id)
    key = f"page:{page_id}:{today().isoformat()}"
    count = min((await kvs.get(key) or {"n": 0})["n"] + 1, 9999)
    await kvs.set(key, {"n": count}, ttl={"value": DAYS, "unit": "DAYS"})
    return {"today": count}


@resolver.define("month")
async def month(request):
    """Thirty numbers, today last; a day without looks is 0."""
    page_id = request.payload["pageId"]
    await allowed(page_id)
    prefix = f"page:{page_id}:"
    found = await kvs.query().where("key", WhereConditions.begins_with(prefix)).limit(100).get_many()
    counts = {row.key.removeprefix(prefix): row.value["n"] for row in found.results}
    days = [(today() - timedelta(days=back)).isoformat() for back in range(DAYS - 1, -1, -1)]
    return {"days": [counts.get(day, 0) for day in days], "sum": sum(counts.values())}
