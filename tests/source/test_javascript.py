"""Names that JavaScript asks payloads for, however it takes them apart."""

from __future__ import annotations

import pytest

from forgesim.source.javascript import payload_names

ASKS = {
    "a member": ("resolver.define('a', (req) => req.payload.pageId);", ["pageId"]),
    "one that may be missing": ("const id = req.payload?.pageId;", ["pageId"]),
    "by its name": ("const id = payload['space-id'];", ["space-id"]),
    "taken apart": ("const { pageId, limit = 5, cursor: next } = request.payload;", ["pageId", "limit", "cursor"]),
    "taken apart in the arguments": ("define('a', async ({ payload: { spaceId }, context }) => 1);", ["spaceId"]),
    "in order, each once": ("payload.b; payload.a; payload.b", ["b", "a"]),
    "not in a comment": ("// payload.old\n/* payload.older */ payload.now", ["now"]),
    "nothing": ("const payload = 5;", []),
}


@pytest.mark.parametrize(("text", "names"), ASKS.values(), ids=ASKS.keys())
def test_the_members_that_are_asked_for(text: str, names: list[str]) -> None:
    assert payload_names({"src/index.js": text}) == names
