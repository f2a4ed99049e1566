"""Events that no call of the app brings about: of its own life (Forge documentation, "Life cycle events", August 2026),
what people do on the site, and samples of what products would say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from forgesim.gateway.call import Installation
from forgesim.ids import derived_uuid
from forgesim.platform.trigger.service import Raised
from forgesim.products.confluence.events import label_event, page_event
from forgesim.site.model import Label, Page

__all__ = ["Life", "edited", "lifecycle", "sampled"]

Life = Literal["installed", "upgraded", "uninstalled"]

_BY: Mapping[Life, str] = {"installed": "installerAccountId", "upgraded": "upgraderAccountId"}


def lifecycle(what: Life, installation: Installation) -> Raised:
    """``avi:forge:installed:app`` and its like; who did it is the site's first administrator."""
    name = f"avi:forge:{what}:app"
    manifest = installation.app.manifest
    payload: dict[str, Any] = {
        "eventType": name,
        "id": installation.id,
        "app": {"id": manifest.app_id, "version": installation.app.version},
        "environment": {"id": derived_uuid("environment", manifest.app_id)},
    }
    admin = next((user.account_id for user in installation.site.users.values() if user.admin), None)
    if admin is not None and what in _BY:
        payload[_BY[what]] = admin
    if what == "upgraded":
        payload["permissions"] = {
            "scopes": sorted(installation.scopes),
            "external": {"fetch": {"backend": [entry.address for entry in installation.egress]}},
        }
    return Raised(name, payload)


def edited(installation: Installation, page: Page, before: Sequence[Label], at_ms: int) -> list[Raised]:
    """A person has edited a page: what is told of that, and of each label that is there or gone since ``before``; of a
    draft, which is its author's alone, nothing."""
    if page.status == "draft":
        return []
    site, by = installation.site, page.updated_by
    found = [page_event(site, page, "updated", at_ms, by=by)]
    for what, labels, others in (("added", page.labels, before), ("removed", before, page.labels)):
        names = {(each.prefix, each.name) for each in others}
        found += [
            label_event(site, page, each, what, at_ms, by=by)
            for each in labels
            if (each.prefix, each.name) not in names
        ]
    return [Raised(each.name, each.payload) for each in found]


def sampled(installation: Installation, event: str, given: Mapping[str, Any], now_ms: int) -> dict[str, Any] | None:
    """What a product would say of an event, if it happened now to what ``given`` names by its id; what else ``given``
    has is put over it. Null where nothing emulated raises the event, or the site has nothing that it could be about."""
    product = installation.jira if event.startswith("avi:jira") else installation.confluence
    found = product.sample(event, now_ms=now_ms, about=_id_in(given))
    return None if found is None else _over(found.payload, given)


def _id_in(given: Mapping[str, Any]) -> str | None:
    """The first id that is named, on whatever level."""
    if "id" in given:
        return str(given["id"])
    inner = (_id_in(part) for part in given.values() if isinstance(part, Mapping))
    return next((each for each in inner if each is not None), None)


def _over(base: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for name, value in given.items():
        there = merged.get(name)
        if isinstance(there, Mapping) and isinstance(value, Mapping):
            merged[name] = _over(there, value)
        elif str(there) != str(value):
            merged[name] = value
    return merged
