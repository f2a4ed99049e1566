"""A sign for the door of a space: its name, in big letters."""

from __future__ import annotations

from forgesim.sdk import Resolver, api, log, route

resolver = Resolver()
handler = resolver.handler

_names = {}  # a warm function answers faster


async def name_of(space_id):
    if space_id not in _names:
        answer = await api.as_user().request_confluence(route("/wiki/api/v2/spaces/{id}", id=space_id))
        if not answer.ok:
            raise RuntimeError(f"space: {answer.status}")
        space = await answer.json()
        _names[space_id] = {"name": space["name"], "key": space["key"]}
        log.info("looked up")
    return _names[space_id]


def big(text):
    """Letters with air between them."""
    return " ".join(text.upper())


@resolver.define("sign")
async def sign(request):
    space = await name_of(request.payload["spaceId"])
    return {"sign": big(space["name"]), "key": space["key"], "width": len(big(space["name"]))}


@resolver.define("short")
async def short(request):
    space = await name_of(request.payload["spaceId"])
    return {"sign": "".join(word[0] for word in space["name"].split()).upper()}
