"""How many days of a sprint are left, with a row that goes when the sprint is over."""

from __future__ import annotations

from datetime import UTC, datetime

from forgesim.sdk import Resolver, api, kvs, log, route

resolver = Resolver()
handler = resolver.handler

DAY = 24 * 60


async def sprint_of(sprint_id):
    answer = await api.as_user().request_jira(route("/rest/agile/1.0/sprint/{id}", id=sprint_id))
    if not answer.ok:
        raise RuntimeError(f"sprint: {answer.status}")
    return await answer.json()


def days_left(sprint, now):
    end = sprint.get("endDate")
    return max(0, (datetime.fromisoformat(end) - now).days) if end else 0


def lifetime(sprint, days):
    """Whole days and a few minutes, so that not all rows go at once."""
    spread = sum(map(ord, (sprint.get("goal") or sprint["name"])[:12])) % DAY
    return {"value": ((days + 1) * DAY + spread) * 60, "unit": "SECONDS"}


@resolver.define("clock")
async def clock(request):
    sprint = await sprint_of(request.payload["sprintId"])
    days = days_left(sprint, datetime.now(UTC))  # noqa: TID251
    key = f"sprint:{sprint['id']}:left"
    before = await kvs.get(key)
    await kvs.set(key, min(days, 365), ttl=lifetime(sprint, days))
    log.info(f"{days} days left")
    return {"name": sprint["name"], "left": days, "before": before}
