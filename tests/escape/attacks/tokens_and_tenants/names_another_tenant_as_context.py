"""contextAri, which product calls carry."""

from __future__ import annotations

from tests.escape.witnesses.platform import OtherTenant

WITNESS = OtherTenant


async def attack(theirs: str) -> object:
    from forgesim.sdk.fetch import Init, forge_fetch

    descriptor = {
        "type": "kvs",
        "provider": "app",
        "contextAri": f"ari:cloud:ecosystem::installation/{theirs}",
        "remote": "kvs",
    }
    reply = await forge_fetch(descriptor, "/api/v1/get", Init(method="POST", body=b'{"key": "secret"}'))
    return await reply.text()
