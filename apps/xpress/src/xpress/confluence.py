"""Reading pages, trees and pictures as the user who asked. Nothing here can write."""

from __future__ import annotations

import asyncio
import base64
import html
import json
import re
from bisect import bisect_right
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import accumulate, chain
from operator import itemgetter
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

from forgesim.sdk import Response, api, route
from xpress.patience import OK, RefusedError, ask

__all__ = ["FORMATS", "NOT_FOUND", "SERVICE", "Json", "body_of", "page", "pages", "pictures", "tree"]

SERVICE = "Confluence"
ANSWER_S = 4.0
MOST = "250"
"""The largest list that Confluence gives at once."""

DEEPEST = 10
"""Levels that one list of descendants holds."""

NOT_FOUND = 404

AT_ONCE = 20
"""Requests under way at the same time."""

PICTURE_BYTES = 2_000_000
"""Of all pictures of a document together; those beyond become placeholders."""

_PICTURE = r"<ac:image\b[^>]*>\s*<ri:attachment\b[^>]*?\bri:filename=\"([^\"]*)\""

_FILE = r'"__fileName"\s*:\s*("(?:[^"\\]|\\.)*")'

FORMATS: Mapping[str, str] = {"storage": "storage", "adf": "atlas_doc_format"}
"""Body formats by the names that XPress's payloads have for them."""

T = TypeVar("T")
Json = dict[str, Any]


async def page(page_id: str, form: str = "storage") -> Json:
    """A page with its body. Raises RefusedError, as every function here."""
    query = {"body-format": FORMATS[form]}
    return await _json("/wiki/api/v2/pages/{id}", {"id": page_id}, query, "id", "title", "body", "_links")


async def pages(page_ids: Iterable[str], form: str) -> dict[str, Json]:
    """Those pages by their ids, in that order, without those that do not exist or may not be seen."""

    async def one(page_id: str) -> tuple[str, Json]:
        return page_id, await page(page_id, form)

    return dict(await _those_there(one, page_ids))


def body_of(shown: Json) -> str:
    """The body, in the format in which it was asked for."""
    return str(next(iter(shown["body"].values()))["value"])


async def tree(top: str) -> list[Json]:
    """The page and its descendants that the user may see, in reading order: ``{id, title, parent, depth}`` each, the
    page's own without its title."""
    children: dict[str, list[Json]] = {}
    tops = [top]
    while tops:
        found = [each for some in await _together(_descendants, tops) for each in some]
        for each in found:
            children.setdefault(each["parentId"], []).append(each)
        tops = [*map(itemgetter("id"), filter(_is_deepest, found))]
    return [{"id": top, "parent": "", "depth": 0}, *_below(top, 1, children)]


def _is_deepest(each: Json) -> bool:
    return bool(each["depth"] == DEEPEST)


def _position(each: Json) -> tuple[int, int]:
    return each["childPosition"], int(each["id"])


def _below(page_id: str, depth: int, children: Mapping[str, list[Json]]) -> Iterator[Json]:
    for each in sorted(children.get(page_id, ()), key=_position):
        yield {"id": each["id"], "title": each["title"], "parent": page_id, "depth": depth}
        yield from _below(each["id"], depth + 1, children)


async def _descendants(page_id: str) -> list[Json]:
    found: list[Json] = []
    query = {"depth": str(DEEPEST), "limit": MOST}
    while query:
        answer = await _json("/wiki/api/v2/pages/{id}/descendants", {"id": page_id}, query, "results", "_links")
        found += answer["results"]
        query = dict(parse_qsl(urlsplit(answer["_links"].get("next", "")).query))
    return found


async def pictures(shown: Iterable[Json]) -> list[Json]:
    """The image attachments that the pages show, up to 2 MB together: ``{page, name, data: base64}`` each.

    One that somebody removed a moment ago is left out.
    """
    named = {each["id"]: _names(body_of(each)) for each in shown}
    lists = await _those_there(_attachments, [id_ for id_, names in named.items() if names])
    found = [
        each
        for some in lists
        for each in some
        if each["title"] in named[each["pageId"]]
    ]  # fmt: skip
    within = bisect_right([*accumulate(each["fileSize"] for each in found)], PICTURE_BYTES)
    return await _those_there(_picture, found[:within])


def _names(body: str) -> set[str]:
    """Of files that a body of either format shows."""
    return {*map(html.unescape, re.findall(_PICTURE, body)), *map(json.loads, re.findall(_FILE, body))}


async def _attachments(page_id: str) -> list[Json]:
    answer = await _json("/wiki/api/v2/pages/{id}/attachments", {"id": page_id}, {"limit": MOST}, "results")
    return list(answer["results"])


async def _picture(attachment: Json) -> Json:
    ids = {"id": attachment["pageId"], "attachment": attachment["id"]}
    found = await _get(
        "/wiki/rest/api/content/{id}/child/attachment/{attachment}/download", ids, {}, lambda answer: answer.bytes()
    )
    return {"page": attachment["pageId"], "name": attachment["title"], "data": base64.b64encode(found).decode()}


async def _those_there(work: Callable[[Any], Awaitable[T]], items: Iterable[Any]) -> list[T]:
    """As ``_together``, without what Confluence knows no more."""
    return [*chain.from_iterable(await _together(partial(_if_there, work), items))]


async def _if_there(work: Callable[[Any], Awaitable[T]], item: Any) -> list[T]:
    try:
        return [await work(item)]
    except RefusedError as refused:
        if refused.status != NOT_FOUND:
            raise
        return []


async def _together(work: Callable[[Any], Awaitable[T]], items: Iterable[Any]) -> list[T]:
    """What ``work`` gives for each item, in order, some at the same time; the first refusal in order is raised."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(item: Any) -> T:
        async with gate:
            return await work(item)

    tasks = [asyncio.create_task(one(item)) for item in items]
    await asyncio.gather(*tasks, return_exceptions=True)
    return [task.result() for task in tasks]


async def _json(path: str, ids: Mapping[str, str], query: Mapping[str, str], *needed: str) -> Json:
    """The answer, which has all those names."""

    async def read(answer: Response) -> Json:
        found = await answer.json()
        return {**found, **{name: found[name] for name in needed}}

    return await _get(path, ids, query, read)


async def _get(
    path: str, ids: Mapping[str, str], query: Mapping[str, str], read: Callable[[Response], Awaitable[T]]
) -> T:
    async def send() -> T:
        answer = await api.as_user().request_confluence(route(path, **ids, query=query))
        if answer.status != OK:
            raise RefusedError(SERVICE, answer.status)
        return await read(answer)

    return await ask(SERVICE, send, ANSWER_S)
