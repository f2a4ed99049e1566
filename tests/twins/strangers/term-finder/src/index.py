"""Looks a term up in the glossary page that is open: a heading is a term, the paragraph below it the meaning."""

from __future__ import annotations

import re

from forgesim.sdk import Resolver, api, log, route

resolver = Resolver()
handler = resolver.handler

ENTRY = re.compile(r"<h[2-4]>(?P<term>.*?)</h[2-4]>\s*<p>(?P<meaning>.*?)</p>", re.DOTALL)
TAGS = re.compile(r"<[^>]+>")


class Glossary:
    """The entries of one page."""

    def __init__(self, page):
        self.title = page["title"]
        self.entries = {
            TAGS.sub("", found["term"]).strip().lower(): TAGS.sub("", found["meaning"]).strip()
            for found in ENTRY.finditer(page["body"]["storage"]["value"])
        }

    def meaning(self, term):
        if term.lower() not in self.entries:
            raise LookupError(f"the glossary '{self.title}' has no entry for this; see {', '.join(self.entries)}")
        return self.entries[term.lower()]


async def open_page(page_id):
    where = route("/wiki/api/v2/pages/{id}", id=page_id, query={"body-format": "storage"})
    answer = await api.as_user().request_confluence(where)
    log.info(f"page: {answer.status}")
    return Glossary(await answer.json())


@resolver.define("terms")
async def terms(request):
    """All terms of the page, in alphabetical order."""
    glossary = await open_page(request.payload["pageId"])
    return {"terms": sorted(glossary.entries)}


@resolver.define("define")
async def define(request):
    """What one term means."""
    glossary = await open_page(request.payload["pageId"])
    return {"term": request.payload["term"], "meaning": glossary.meaning(request.payload["term"])}
