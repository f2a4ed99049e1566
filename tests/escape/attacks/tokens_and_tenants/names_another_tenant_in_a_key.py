"""A key that climbs out of its partition."""

from __future__ import annotations

from tests.escape.witnesses.platform import OtherTenant

WITNESS = OtherTenant


async def attack(theirs: str) -> object:
    import json

    from forgesim.sdk.fetch import Init, forge_fetch

    descriptor = {"type": "kvs", "provider": "app", "remote": "kvs"}
    found = []
    for key in ("secret", f"../{theirs}/secret", f"{theirs}:secret", f"{theirs}/secret", "secret' or '1'='1"):
        reply = await forge_fetch(
            descriptor, "/api/v1/get", Init(method="POST", body=json.dumps({"key": key}).encode())
        )
        found.append(await reply.text())
    return found
