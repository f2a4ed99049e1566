"""What XPress's page asks for: one function per resolver key.

A service that does not answer is said in words, in ``problem``. Only mistakes in the payload raise.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Iterator, Mapping, Sequence
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
    payload = Payload(request.payload)
    return await _attempt(_export_page(payload["pageId"], _form(payload)))


async def _export_page(page_id: str, form: str) -> Json:
    page = await confluence.page(page_id, form)
    return await _document(page, [{**page, "parent": "", "depth": 0}], 1, 1)


def _form(payload: Payload) -> str:
    return payload.one_of("format", [*confluence.FORMATS])


@resolver.define("exportTree")
async def export_tree(request: Request) -> Json:
    """A page and all below it, or the pages of ``pageIds`` in that order, each below the one of them that holds it.

    A large document comes in ``parts``, of which ``part`` (from 1) is given.
    """
    payload = Payload(request.payload)
    part, form = payload.get("part", 1), _form(payload)
    if type(part) is not int:
        raise ValueError("part is a whole number")
    chosen = payload.get("pageIds")
    return await _attempt(_chosen(chosen, part, form) if chosen else _export_tree(payload["pageId"], part, form))


async def _export_tree(page_id: str, part: int, form: str) -> Json:
    places = await confluence.tree(page_id)
    found = await confluence.pages((place["id"] for place in places), form)
    return await _part_of(found, places, part)


async def _chosen(page_ids: Sequence[str], part: int, form: str) -> Json:
    found = await confluence.pages(page_ids, form)
    places: dict[str, Json] = {}
    for id_ in page_ids:
        above = places.get(str(found.get(id_, {}).get("parentId")), {"id": "", "depth": -1})
        places[id_] = {"id": id_, "parent": above["id"], "depth": above["depth"] + 1}
    return await _part_of(found, [*places.values()], part)


async def _part_of(found: Mapping[str, Json], places: Sequence[Json], part: int) -> Json:
    """A document of the pages that were found; those that were not, as one removed a moment ago, are named."""
    missing = [place["id"] for place in places if place["id"] not in found]
    places = [place for place in places if place["id"] in found]
    pages = [found[place["id"]] for place in places]
    placed = [{**page, **place} for page, place in zip(pages, places, strict=True)]
    if not placed:
        raise RefusedError(confluence.SERVICE, confluence.NOT_FOUND)
    parts = [*_parts(placed)]
    part = min(max(part, 1), len(parts))
    return {**await _document(placed[0], parts[part - 1], part, len(parts)), "missing": missing}


@resolver.define("contents")
async def contents(request: Request) -> Json:
    """``{id, title, parent, depth}`` of the page and of all below it, but for the page's title: what one may choose."""
    return await _attempt(_contents(Payload(request.payload)["pageId"]))


async def _contents(page_id: str) -> Json:
    return {"pages": await confluence.tree(page_id), "problem": None}


def _parts(pages: Sequence[Json]) -> Iterator[list[Json]]:
    """The pages in order, cut where the bodies so far fill a part."""
    starts, total = [], 0
    for page in pages:
        starts.append(total // PART_BYTES)
        total += len(confluence.body_of(page))
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
                    "body": confluence.body_of(page),
                    "format": "storage" if "storage" in page["body"] else "adf",
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
        "accessible": done["accessible"],
        "missing": [],
        "problem": None,
    }


@resolver.define("template")
async def template(request: Request) -> Json:  # noqa: ARG001
    """The settings."""
    return await _attempt(templates.load())


@resolver.define("saveTemplate")
async def save_template(request: Request) -> Json:
    """Set the five and those that are given beside them. Raises ValueError for values that do not exist."""
    return await _attempt(_save(templates.checked(Payload(request.payload).get("template"))))


async def _save(given: Json) -> Json:
    await templates.save(given)
    return {**templates.LEFT_OUT, **given, "problem": None}
