"""Colours and sizes of a space's front page. Packed by the front end as base64 of JSON, and stored so."""

from __future__ import annotations

import base64
import binascii
import json

from forgesim.sdk import Resolver, api, kvs, route

resolver = Resolver()
handler = resolver.handler

NAMES = {"accent", "size", "columns"}
ACCENTS = ("blue", "green", "grey", "red")


def unpack(packed):
    """The theme; raises ValueError for anything that is none."""
    try:
        theme = json.loads(base64.b64decode(packed, validate=True))
    except (binascii.Error, ValueError):
        raise ValueError("this is no theme") from None
    if set(theme) != NAMES or theme["accent"] not in ACCENTS or not 8 <= theme["size"] <= 40:
        raise ValueError("a theme has an accent, a size and columns")
    return theme


async def check(space_id):
    answer = await api.as_user().request_confluence(route("/wiki/api/v2/spaces/{id}", id=space_id))
    if not answer.ok:
        raise PermissionError(f"space: {answer.status}")


@resolver.define("save")
async def save(request):
    await check(request.payload["spaceId"])
    theme = unpack(request.payload["theme"])
    await kvs.set(f"space:{request.payload['spaceId']}:theme", request.payload["theme"])
    return theme


@resolver.define("load")
async def load(request):
    await check(request.payload["spaceId"])
    packed = await kvs.get(f"space:{request.payload['spaceId']}:theme")
    return unpack(packed) if packed else {"accent": "blue", "size": 14, "columns": 2}
