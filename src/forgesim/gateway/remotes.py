"""Forge Remote from a function (descriptor ``frc``): egress to the vendor's own back end, with the platform's word for
who calls.

What crosses is recorded and judged as any egress. What the platform adds is in no record: a token that names app,
installation, environment and module, never a person or a page (Forge documentation, "Invoke Remote API": no context is
passed where a function calls), and trace ids.
"""

from __future__ import annotations

from collections.abc import Mapping

from forgesim.decision import Decision, allow, deny
from forgesim.egress.limits import PORTS
from forgesim.egress.policy import Target, parse_target
from forgesim.egress.subprocessors.service import not_emulated
from forgesim.gateway.call import Call, Installation, Kind, Performed, Services
from forgesim.gateway.external import External
from forgesim.ids import derive
from forgesim.manifest.remotes import COMPUTE, Endpoint, Remote, remotes_of
from forgesim.platform.remote.service import opaque
from forgesim.seam import Answer

__all__ = ["Remotes", "written"]

UNKNOWN = Answer(400, b"", (("forge-proxy-error", "INVALID_REMOTE"),))
SCOPES = {"app": "read:app-system-token", "user": "read:app-user-token"}


class Remotes(External):
    """One call of a remote. Redirects are handed back: Forge follows none of them."""

    def identify(self, call: Call) -> Kind:
        key = str(call.fetch.descriptor.get("remote"))
        remote = remotes_of(call.invocation.installation.app.manifest.data).get(key)
        return self.kind(call, key, remote, lacks=COMPUTE if remote and COMPUTE not in remote.operations else None)

    @staticmethod
    def kind(call: Call, key: str, remote: Remote | None, *, lacks: str | None) -> Kind:
        """What a request to a remote is. ``lacks``: the operation that the manifest does not grant, if it needs one."""
        base = None if remote is None else remote.url(call.invocation.installation.region)
        url = call.fetch.path if base is None else f"{base.rstrip('/')}/{call.fetch.path.removeprefix('/')}"
        decision, target = _decided(key, remote, base, url, lacks)
        host, method = target.host if target else None, call.fetch.method.upper()
        return Kind("egress", method, url, f"remote {key}", acts_as="app", host=host, detail=(decision, target))

    def perform(self, call: Call, kind: Kind, services: Services) -> Performed:
        installation = call.invocation.installation
        if kind.host in installation.live:
            return _not_emulated("Forge Remote to a host of --live-egress")
        if not services.tokens.can_sign():
            return _not_emulated("Forge Remote without the extra of pip install 'forgesim[remote]'")
        added = self.added(call, services)
        own = [(name, value) for name, value in call.fetch.headers if name.lower() not in added]
        return self.sent(call, kind, services, [*own, *added.items()])

    def added(self, call: Call, services: Services) -> dict[str, str]:
        """Headers that the platform writes, in the place of any that the app gave."""
        invocation = call.invocation
        installation = invocation.installation
        remote = remotes_of(installation.app.manifest.data)[str(call.fetch.descriptor["remote"])]
        type_, key = installation.module(invocation.function)
        return written(call, services, remote, (type_, invocation.module or key), {})

    def refuse(self, call: Call, kind: Kind, decision: Decision) -> Answer:
        if decision.rule == "unknown-remote":
            return UNKNOWN
        if decision.rule == "remote-configurable":
            return not_emulated("remotes that the customer configures")
        return super().refuse(call, kind, decision)


def _decided(
    key: str, remote: Remote | None, base: str | None, url: str, lacks: str | None
) -> tuple[Decision, Target | None]:
    """Whether a remote may be called at this URL, which leads to the very host and port that the manifest names,
    whatever the path says."""
    if remote is None:
        return deny("unknown-remote", f"the manifest has no remote {key!r}"), None
    if base is None:
        return deny("remote-configurable", f"the customer configures the remote {key!r}"), None
    if lacks is not None:
        return deny("remote-operations", f"the operations of the remote {key!r} lack {lacks}"), None
    target, declared = parse_target(url), parse_target(base)
    for parsed in (declared, target):
        if isinstance(parsed, Decision):
            return parsed, None
    assert isinstance(target, Target)
    assert isinstance(declared, Target)
    if (target.scheme, target.host, target.port) != (declared.scheme, declared.host, declared.port):
        return deny("undeclared", f"{target.host} is not where the remote {key!r} is"), None
    if target.port not in PORTS:
        return deny("port", f"the remote {key!r} is not at a usable port"), None
    return allow("remote", base), target


def written(
    call: Call, services: Services, holder: Remote | Endpoint, module: tuple[str, str], more: Mapping[str, object]
) -> dict[str, str]:
    """A token, trace ids, and the tokens of Atlassian's that ``holder`` asks for. ``module``: type and key of what
    asks; ``more``: what the token says of person and place."""
    invocation = call.invocation
    installation = invocation.installation
    number = f"{invocation.id} {call.fetch.id}"
    audience = installation.app.manifest.app_id
    added = {
        "authorization": f"Bearer {services.tokens.signed(audience, _app(call, *module), number, call.now_ms, more)}",
        "x-b3-traceid": f"{derive('trace', invocation.id):016x}",
        "x-b3-spanid": f"{derive('span', number):016x}",
    }
    if holder.app_token and SCOPES["app"] in installation.scopes:
        added["x-forge-oauth-system"] = opaque("app", installation.id)
    if holder.user_token and SCOPES["user"] in installation.scopes and invocation.principal is not None:
        added["x-forge-oauth-user"] = opaque("user", installation.id, invocation.principal)
    return added


def _app(call: Call, type_: str, key: str) -> dict[str, object]:
    """What the token says of the app, and of the module that asks."""
    installation = call.invocation.installation
    app, cloud = installation.app, installation.site.cloud_id
    product = app.manifest.product
    base = f"https://api.atlassian.com/ex/{product}/{cloud}"
    return {
        "id": app.manifest.app_id,
        "version": app.version,
        "appVersion": app.version,
        "installationId": installation.ari,
        "apiBaseUrl": base,
        "installation": {
            "id": installation.ari,
            "contexts": [{"name": product, "apiBaseUrl": base, "cloudId": cloud}],
        },
        "environment": {"type": Installation.ENVIRONMENT, "id": installation.environment_ari},
        "module": {"type": type_, "key": key},
    }


def _not_emulated(name: str) -> Performed:
    return Performed(not_emulated(name), unsupported=name)
