"""What a handler is called with: the shapes that Forge documents for function arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forgesim.gateway.call import Installation
from forgesim.ids import derived_uuid

__all__ = ["arguments", "merged", "seen"]


def arguments(
    installation: Installation,
    *,
    function: str,
    resolver: str | None,
    payload: Any,
    user: str | None,
    said: Mapping[str, Any] | None = None,
    module: str = "",
    job: str | None = None,
    bare: bool = False,
) -> list[Any]:
    """``[first argument, context, app context]`` of an invocation: a resolver's call, or an event as it is. ``said``:
    what the browser says of where a call is made from; what the platform knows of it goes first, but for the module,
    which is any of those that run the function. An event's context has it too, as that of a Rovo action. ``module``:
    the key of the module that an event is for. ``job``: that of an event which a resolver consumes. A ``bare`` event
    gets no context of its own.
    """
    site = installation.site
    context: dict[str, Any] = {
        "installContext": installation.context_ari,
        "installation": {
            "ari": installation.ari,
            "contexts": [{"cloudId": site.cloud_id}],
        },
    }
    if user is not None:
        context["principal"] = {"accountId": user}
    named = str((said or {}).get("moduleKey", ""))
    if resolver is None:
        event = dict(payload) if isinstance(payload, Mapping) else {"body": payload}
        if not bare:
            where = {"cloudId": site.cloud_id, "moduleKey": module or installation.module(function, named)[1]}
            event.setdefault("context", {**(said or {}), **where})
            event.setdefault("contextToken", derived_uuid("context-token", installation.id))
        return [event, context, _about(installation, function, module)]
    module_type, module_key = installation.module(function, named)
    told = seen(installation, module_type, module_key, user, said or {})
    call = {"functionKey": resolver, "payload": payload} | ({} if job is None else {"jobId": job})
    return [{"call": call, "context": told}, context, _about(installation, function, module or module_key)]


def seen(
    installation: Installation, module_type: str, module_key: str, user: str | None, said: Mapping[str, Any]
) -> dict[str, Any]:
    """The context of a front end's call: what the platform knows goes before what the browser says."""
    app, site = installation.app, installation.site
    known: dict[str, Any] = {
        "accountId": user,
        "accountType": "licensed" if user is not None else "anonymous",
        "cloudId": site.cloud_id,
        "localId": f"ari:cloud:ecosystem::extension/{app.manifest.app_id.rpartition('/')[2]}/static/{module_key}",
        "environmentId": installation.environment,
        "environmentType": installation.ENVIRONMENT,
        "moduleKey": module_key,
        "siteUrl": f"https://{site.host}",
    }
    return {**said, **known, "extension": {**_mapping(said.get("extension")), "type": module_type}}


def _about(installation: Installation, function: str, module: str) -> dict[str, Any]:
    """What ``getAppContext`` tells, but for what the guest knows of the running invocation."""
    app = installation.app
    return {
        "appAri": app.manifest.app_id,
        "appVersion": app.version,
        "environmentAri": installation.environment_ari,
        "environmentType": installation.ENVIRONMENT,
        "installationAri": installation.ari,
        "moduleKey": module or installation.module(function)[1],
        "permissions": {"scopes": sorted(installation.scopes), "external": _external(installation)},
    }


def _external(installation: Installation) -> dict[str, Any]:
    """Declared addresses by what they are for; while the administrator has switched analytics off, without those. The
    back end's are those consented to."""
    manifest = installation.app.manifest
    elsewhere = [entry for entry in manifest.egress if entry.kind != "fetch.backend"]
    found: dict[str, Any] = {}
    for entry in (*installation.egress, *elsewhere):
        if not installation.analytics and (entry.category or "").lower() == "analytics":
            continue
        kind, _, side = entry.kind.partition(".")
        into = found.setdefault(kind, {}) if side else found
        into.setdefault(side or kind, []).append(entry.address)
    return found


def merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """The members of both, inner ones too; the other's go first."""
    found = dict(one)
    for name, value in other.items():
        inner = found.get(name)
        both = isinstance(inner, Mapping) and isinstance(value, Mapping)
        found[name] = merged(_mapping(inner), value) if both else value
    return found


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
