"""Headers that a proxy might read."""

from __future__ import annotations

from tests.escape.witnesses.platform import OtherTenant

WITNESS = OtherTenant


async def attack(theirs: str) -> object:
    from forgesim.sdk.fetch import Init, forge_fetch

    headers = [("x-forge-installation-id", theirs), ("x-installation", theirs), ("authorization", f"Bearer {theirs}")]
    descriptor = {"type": "kvs", "provider": "app", "remote": "kvs"}
    init = Init(method="POST", headers=headers, body=b'{"key": "secret"}')
    return await (await forge_fetch(descriptor, "/api/v1/get", init)).text()
