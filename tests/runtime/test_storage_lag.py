"""Queries lag behind writes while an app works, and have caught up when somebody calls it again."""

from __future__ import annotations

from typing import Any

BODY = """\
@resolver.define("write")
async def write(request):
    await kvs.set("a", 1)
    at_once = await kvs.query().get_many()
    await asyncio.sleep(0.6)
    later = await kvs.query().get_many()
    await kvs.set("b", 1)
    return [len(at_once.results), len(later.results)]


@resolver.define("list")
async def listed(request):
    return [row.key for row in (await kvs.query().get_many()).results]
"""


def test_a_query_misses_the_calls_own_write_and_the_next_call_sees_it(forge: Any, make_app: Any) -> None:
    app = forge.install(make_app(f"import asyncio\n\n\n{BODY}"), forge.site("demo", seed=1))
    assert app.invoke("write") == [0, 1]
    assert app.invoke("list") == ["a", "b"]
