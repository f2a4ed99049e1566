"""Two at the same time: one tells the other its token through a row."""

from __future__ import annotations

from tests.escape.arms import ask_for_row, own_call, say
from tests.escape.witnesses.platform import RowOfTwo

WITNESS = RowOfTwo


async def attack(key: str, role: str) -> None:
    from forgesim.sdk import kvs

    call = own_call()
    if role == "teller":
        await kvs.set("token", {"inv": call.inv, "token": call.token})
    for _ in range(10):
        other = await kvs.get("token")
        if role == "thief" and other is not None:
            header, body = ask_for_row(key, other["inv"], other["token"])
            say(header, body)
            return
