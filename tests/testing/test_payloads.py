"""What a test calls an app with."""

from __future__ import annotations

from typing import Any

import pytest

from forgesim.errors import InputError

SOURCE = """
@resolver.define("call")
async def call(request):
    return 1
"""
IN_ITSELF: list[Any] = []
IN_ITSELF.append(IN_ITSELF)
DEEP: Any = []
for _ in range(600):
    DEEP = [DEEP]
NO_JSON: dict[str, Any] = {
    "half a surrogate pair": "\ud800",
    "one in a name": {"\ud800": 1},
    "a list in itself": IN_ITSELF,
    "600 levels": DEEP,
    "an object": object(),
    "one name as a number and as a text": {1: 1, "1": 2},
}


@pytest.mark.parametrize("payload", NO_JSON.values(), ids=NO_JSON)
def test_a_payload_that_is_no_json_is_the_tests_mistake(forge: Any, make_app: Any, payload: Any) -> None:
    app = forge.install(
        make_app('@resolver.define("call")\nasync def call(request):\n    return 1\n'), forge.site("demo")
    )
    with pytest.raises(InputError, match="the payload is no JSON"):
        app.invoke("call", payload)
    assert app.invoke("call", {"a": (1, 2)}) == 1
