"""Is a page written in an active voice? Rules for English; other languages get the rules they have."""

from __future__ import annotations

import re

from forgesim.sdk import Resolver, api, log, route

resolver = Resolver()
handler = resolver.handler

PASSIVE = {
    "en": re.compile(r"\b(?:is|are|was|were|been)\s+\w+ed\b", re.IGNORECASE),
    "fr": re.compile(r"\b(?:est|sont|a été)\s+\w+é", re.IGNORECASE),
}


def sentences(html):
    return [part.strip() for part in re.split(r"(?<=[.!?])\s+", re.sub(r"<[^>]+>", " ", html)) if part.strip()]


def rules(locale, found):
    """The rules of a language, English where it has none; translators want to know what was missed."""
    language = locale.partition("-")[0].lower()
    missed = sorted({language} - PASSIVE.keys())
    log.info("rules", language[:2], len(found), *(f"no rules in {name} for: {found[:3]}" for name in missed))
    return PASSIVE.get(language, PASSIVE["en"])


@resolver.define("tone")
async def tone(request):
    answer = await api.as_user().request_confluence(
        route("/wiki/api/v2/pages/{id}", id=request.payload["pageId"], query={"body-format": "storage"})
    )
    if not answer.ok:
        raise RuntimeError(f"page: {answer.status}")
    found = sentences((await answer.json())["body"]["storage"]["value"])
    passive = rules(request.payload.get("locale", "en-US"), found)
    hits = [sentence for sentence in found if passive.search(sentence)]
    return {"passive": hits[:5], "share": round(100 * len(hits) / max(1, len(found)))}
