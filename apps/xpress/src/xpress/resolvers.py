"""What XPress's page asks for: one function per resolver key.

A service that does not answer is said in words, in ``problem``. Only mistakes in the payload raise.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Iterator, Sequence
from itertools import groupby

from forgesim.sdk import Request, Resolver, log
from xpress import confluence, renderer, templates
from xpress.confluence import Json
from xpress.patience import RefusedError
from xpress.payload import Payload

__all__ = ["handler", "resolver"]

PART_BYTES = 1_000_000
"""Characters of page bodies after which a new part begins: a part's PDF stays below the 5 MB of a result."""

_NOT_IN_NAMES = re.compile(r"[^\w .()-]+")
_SPACE = re.compile(r"/spaces/([^/]+)/")
resolver = Resolver()
handler = resolver.handler


async def _attempt(work: Awaitable[Json]) -> Json:
    """What ``work`` gives, or what did not answer."""
    try:
        return await work
    except RefusedError as refused:
        log.warn(f"{refused.service} answered {refused.status}")
        return {"problem": refused.sentence}


@resolver.define("exportPage")
async def export_page(request: Request) -> Json:
    """One page as a PDF file."""
    return await _attempt(_export_page(Payload(request.payload)["pageId"]))


async def _export_page(page_id: str) -> Json:
    page = await confluence.page(page_id)
    return await _document(page, [{**page, "parent": "", "depth": 0}], 1, 1)


@resolver.define("exportTree")
async def export_tree(request: Request) -> Json:
    """A page and all below it; a large tree in ``parts``, of which ``part`` (from 1) is given."""
    payload = Payload(request.payload)
    part = payload.get("part", 1)
    if type(part) is not int:
        raise ValueError("part is a whole number")
    return await _attempt(_export_tree(payload["pageId"], part))


async def _export_tree(page_id: str, part: int) -> Json:
    top = await confluence.page(page_id)
    places = await confluence.tree(top)
    pages = await confluence.pages(place["id"] for place in places)
    placed = [{**page, **place} for page, place in zip(pages, places, strict=True)]
    parts = [*_parts(placed)]
    part = min(max(part, 1), len(parts))
    return await _document(top, parts[part - 1], part, len(parts))


def _parts(pages: Sequence[Json]) -> Iterator[list[Json]]:
    """The pages in order, cut where the bodies so far fill a part."""
    starts, total = [], 0
    for page in pages:
        starts.append(total // PART_BYTES)
        total += len(page["body"]["storage"]["value"])
    for _, some in groupby(zip(starts, pages, strict=True), key=lambda pair: pair[0]):
        yield [page for _, page in some]


async def _document(top: Json, pages: Sequence[Json], part: int, parts: int) -> Json:
    template = await templates.load()
    shown = await confluence.pictures(pages)
    done = await renderer.render(
        {
            "template": template,
            "site": top["_links"]["base"],
            "space": _SPACE.findall(top["_links"]["webui"])[0],
            "pages": [
                {
                    "id": page["id"],
                    "parent": page["parent"],
                    "depth": page["depth"],
                    "title": page["title"],
                    "url": page["_links"]["webui"],
                    "body": page["body"]["storage"]["value"],
                }
                for page in pages
            ],
            "pictures": shown,
        }
    )
    log.info(f"document: {len(pages)} pages, {len(shown)} pictures, {done['sheets']} sheets, part {part} of {parts}")
    return {
        "fileName": f"{_NOT_IN_NAMES.sub(' ', top['title']).strip()}.pdf",
        "contentType": "application/pdf",
        "data": done["pdf"],
        "pages": len(pages),
        "sheets": done["sheets"],
        "part": part,
        "parts": parts,
        "placeholders": done["placeholders"],
        "problem": None,
    }


@resolver.define("template")
async def template(request: Request) -> Json:  # noqa: ARG001
    """The five settings."""
    return await _attempt(templates.load())


@resolver.define("saveTemplate")
async def save_template(request: Request) -> Json:
    """Set all five. Raises ValueError for values that do not exist."""
    return await _attempt(_save(templates.checked(Payload(request.payload).get("template"))))


async def _save(given: Json) -> Json:
    await templates.save(given)
    return {**given, "problem": None}
