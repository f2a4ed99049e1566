"""The other installation, in every field that a descriptor could have."""

from __future__ import annotations

from tests.escape.witnesses.platform import OtherTenant

WITNESS = OtherTenant


async def attack(theirs: str) -> object:
    from forgesim.sdk.fetch import Init, forge_fetch

    descriptor = {
        "type": "kvs",
        "provider": "app",
        "installation": theirs,
        "installationId": theirs,
        "environmentId": theirs,
        "remote": "kvs",
    }
    reply = await forge_fetch(descriptor, "/api/v1/get", Init(method="POST", body=b'{"key": "secret"}'))
    return await reply.text()
