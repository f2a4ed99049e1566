"""Descriptor ``fpp``: the platform's own paths where they are asked for, the products for everything else."""

from __future__ import annotations

from forgesim.decision import Decision, allow, deny
from forgesim.gateway.call import Call, Handler, Kind, Performed, Services
from forgesim.gateway.events import AppEvents, Queueing, is_queue
from forgesim.gateway.products import SCOPE_MISMATCH, Products
from forgesim.gateway.webtriggers import Urls, is_about_urls
from forgesim.platform.privacy.rules import PATH
from forgesim.platform.privacy.service import Account, answer
from forgesim.platform.trigger.rules import PATH as APP_EVENTS
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
        self._queueing: Handler = Queueing()
        self._events: Handler = AppEvents()
        self._urls: Handler = Urls()

    def _of(self, call: Call) -> Handler:
        if call.fetch.descriptor.get("remote") != "stargate":
            return self._products
        path = call.fetch.path
        if path == PATH:
            return self._reporting
        if path == APP_EVENTS:
            return self._events
        if is_queue(path):
            return self._queueing
        return self._urls if is_about_urls(call) else self._products

    def identify(self, call: Call) -> Kind:
        return self._of(call).identify(call)

    def decide(self, call: Call, kind: Kind) -> Decision:
        return self._of(call).decide(call, kind)

    def perform(self, call: Call, kind: Kind, services: Services) -> Performed:
        return self._of(call).perform(call, kind, services)

    def refuse(self, call: Call, kind: Kind, decision: Decision) -> Answer:
        return self._of(call).refuse(call, kind, decision)
