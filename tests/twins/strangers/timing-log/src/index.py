"""How long Confluence takes to list a space, in steps. Logs a lot, all of it numbers."""

from __future__ import annotations

import logging
import zlib
from datetime import UTC, datetime, timedelta

from forgesim.sdk import Resolver, api, log, route

resolver = Resolver()
handler = resolver.handler

MILLISECOND = timedelta(milliseconds=1)
logger = logging.getLogger("timing")
logger.setLevel(logging.INFO)


def now():
    return datetime.now(UTC)  # noqa: TID251


class Stopwatch:
    """Milliseconds between steps."""

    def __init__(self):
        self.last = now()
        self.steps = []

    def step(self, answer, size):
        moment = now()
        self.steps.append({"status": answer.status, "bytes": size, "ms": (moment - self.last) // MILLISECOND})
        self.last = moment


async def timed(watch, path):
    answer = await api.as_user().request_confluence(path)
    data = await answer.bytes()
    watch.step(answer, len(data))
    if not answer.ok:
        raise RuntimeError(f"{answer.status} after {len(watch.steps)} steps")
    return len(data), len(zlib.compress(data))


@resolver.define("time")
async def time_space(request):
    watch = Stopwatch()
    space_id = request.payload["spaceId"]
    await timed(watch, route("/wiki/api/v2/spaces/{id}", id=space_id))
    size, packed = await timed(watch, route("/wiki/api/v2/spaces/{id}/pages", id=space_id, query={"limit": 250}))
    log.info("steps", watch.steps)
    logger.info("%d bytes of JSON", size)
    return {"steps": watch.steps, "bytes": size, "packed": round(100 * packed / size)}
