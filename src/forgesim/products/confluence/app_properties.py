"""What an app keeps about itself on a Confluence site: values by key, for the app alone and in nobody's name."""

from __future__ import annotations

from forgesim.products.confluence.call import Call, Result
from forgesim.products.confluence.errors import bad_request, forbidden, not_found
from forgesim.products.confluence.paging import listing
from forgesim.products.confluence.world import World

__all__ = ["delete_value", "get_value", "list_values", "put_value"]

MAX_KEY = 127
"""Characters of a key (the OpenAPI document of Confluence v2)."""


def _values(world: World, call: Call) -> dict[str, object]:
    if not call.as_app:
        raise forbidden("App properties are for the app itself: call as the app")
    return world.site.app_properties


def _key(call: Call) -> str:
    key = call.params["propertyKey"]
    if not 0 < len(key) <= MAX_KEY:
        raise bad_request(f"a key has 1 to {MAX_KEY} characters")
    return key


def list_values(world: World, call: Call) -> Result:
    values = _values(world, call)
    return listing(
        call,
        world.base,
        sorted(values),
        ident=str,
        show=lambda key: {"key": key, "value": values[key]},
        reads=lambda _: "app/properties",
    )


def get_value(world: World, call: Call) -> Result:
    values, key = _values(world, call), _key(call)
    if key not in values:
        raise not_found()
    return Result(payload={"key": key, "value": values[key]}, reads=("app/properties",))


def put_value(world: World, call: Call) -> Result:
    """201 where the key is new, 200 where it is not."""
    values, key = _values(world, call), _key(call)
    new = key not in values
    values[key] = call.json()
    return Result(payload=None, status=201 if new else 200)


def delete_value(world: World, call: Call) -> Result:
    values, key = _values(world, call), _key(call)
    if key not in values:
        raise not_found()
    del values[key]
    return Result(payload=None, status=204)
