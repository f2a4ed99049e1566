"""Descriptor ``fpp``: personal data reporting where it is asked for, the products for everything else."""

from __future__ import annotations

from forgesim.decision import Decision, allow, deny
from forgesim.gateway.call import Call, Handler, Kind, Performed, Services
from forgesim.gateway.products import SCOPE_MISMATCH, Products
from forgesim.platform.privacy.rules import PATH
from forgesim.platform.privacy.service import Account, answer
from forgesim.scopes.needs import REPORT_OPERATION, REPORT_SCOPE
from forgesim.seam import Answer

__all__ = ["Fpp", "Reporting"]

GRANTED = allow("scope", f"{REPORT_SCOPE} is granted")
MISSING = deny("scope", f"{REPORT_SCOPE} is not in the manifest's scopes")


class Reporting:
    """``privacy.reportPersonalData``: the scope, then what the site knows of the accounts."""

    answers = True

    def identify(self, call: Call) -> Kind:
        method = call.fetch.method.upper()
        return Kind("platform", method, call.fetch.path, f"{method} {PATH}", "privacy", acts_as="app")

    def decide(self, call: Call, kind: Kind) -> Decision:
        if kind.op != REPORT_OPERATION:
            return deny("method", f"{PATH} takes POST")
        return GRANTED if REPORT_SCOPE in call.invocation.installation.scopes else MISSING

    def perform(self, call: Call, kind: Kind, services: Services) -> Performed:
        users = call.invocation.installation.site.users.values()
        return Performed(answer(call.body, {user.account_id: Account(user.closed, user.updated_at) for user in users}))

    def refuse(self, call: Call, kind: Kind, decision: Decision) -> Answer:
        return Answer(405) if decision.rule == "method" else SCOPE_MISMATCH


class Fpp:
    """Each request goes to the handler of its path."""

    answers = True

    def __init__(self) -> None:
        self._products: Handler = Products()
        self._reporting: Handler = Reporting()

    def _of(self, call: Call) -> Handler:
        is_report = call.fetch.descriptor.get("remote") == "stargate" and call.fetch.path == PATH
        return self._reporting if is_report else self._products

    def identify(self, call: Call) -> Kind:
        return self._of(call).identify(call)

    def decide(self, call: Call, kind: Kind) -> Decision:
        return self._of(call).decide(call, kind)

    def perform(self, call: Call, kind: Kind, services: Services) -> Performed:
        return self._of(call).perform(call, kind, services)

    def refuse(self, call: Call, kind: Kind, decision: Decision) -> Answer:
        return self._of(call).refuse(call, kind, decision)
