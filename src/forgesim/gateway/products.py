"""Product calls (descriptor ``fpp``): scope first, then the acting user's rights."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import msgspec

from forgesim.decision import Decision, deny
from forgesim.gateway.call import Call, Installation, Kind, Performed, Services
from forgesim.ledger.records import Channel
from forgesim.platform.trigger.service import Raised
from forgesim.products.answer import ProductAnswer
from forgesim.scopes.refusal import refusal
from forgesim.scopes.table import OVERRIDE_HEADERS, Match, decide, find, normalise
from forgesim.seam import Answer
from forgesim.site.access import APP_ACCOUNT

__all__ = ["Products"]

JSON = (("content-type", "application/json"),)
SCOPE_MISMATCH = Answer(401, b'{"code":401,"message":"Unauthorized; scope does not match"}', JSON)
NO_USER = Answer(401, b"", (("forge-proxy-error", "NEEDS_AUTHENTICATION_ERR"),))
REMOTES = ("confluence", "jira")


@dataclass(slots=True)
class Route:
    """A parsed product path: its table row where there is one, or what is wrong with the path."""

    match: Match | None
    query: tuple[tuple[str, str], ...]
    wrong: str | None = None
    path: str = ""
    """The one that was asked for, normalised: an alias says which version of an API answers."""


class Products:
    """Confluence and Jira as emulated; the rest of ``fpp`` answers 501 with its name."""

    answers = True

    def identify(self, call: Call) -> Kind:
        descriptor, fetch = call.fetch.descriptor, call.fetch
        remote, method = str(descriptor.get("remote")), fetch.method.upper()
        acts_as, account = acting(call)
        if remote not in REMOTES:
            channel: Channel = "queue" if fetch.path.startswith("/webhook/queue/") else "platform"
            name = f"{remote} {fetch.path}"
            return Kind(channel, method, fetch.path, name, None, method != "GET", acts_as, account)
        try:
            path, query = normalise(fetch.path)
        except ValueError as error:
            wrong = Route(None, (), str(error))
            kind = Kind(remote, method, fetch.path, None, None, method != "GET", acts_as, account)  # type: ignore[arg-type]
            kind.detail = wrong
            return kind
        match = find(remote, method, path)  # type: ignore[arg-type]
        op = match.operation if match else None
        return Kind(
            "property" if op and op.op_class == "app-data" and op.writes else remote,  # type: ignore[arg-type]
            method,
            fetch.path,
            op.name if op else None,
            op.op_class if op else None,
            op.writes if op else method != "GET",
            acts_as,
            account,
            detail=Route(match, tuple(query), path=path),
        )

    def decide(self, call: Call, kind: Kind) -> Decision:
        """In order: method override, path, a user where one is asked for, scope, impersonation, rates. What is over a
        rate is answered 429: our choice, for Forge documents the numbers alone."""
        route, installation = kind.detail, call.invocation.installation
        if not isinstance(route, Route):
            return deny("not-emulated", f"forgesim does not emulate {kind.op}")
        if any(name.lower() in OVERRIDE_HEADERS for name, _ in call.fetch.headers):
            return deny("method-override", "a header would change the method after the scope check")
        if route.wrong is not None:
            return deny("path", route.wrong)
        if kind.acts_as == "user" and kind.account is None:
            return deny("no-user", "the invocation has no user; asUser() needs one")
        decision = decide(route.match, installation.scopes)
        impersonates = kind.acts_as == "user" and kind.account != call.invocation.principal
        if decision.allow and impersonates and not _may_impersonate(route, installation):
            decision = deny("impersonation", f"no scope of the manifest allows acting as {kind.account}")
        if not decision.allow:
            return decision
        counted = installation.traffic.product(call.now_ms, impersonates=impersonates)
        return decision if counted.allow else counted

    def perform(self, call: Call, kind: Kind, services: Services) -> Performed:
        route = kind.detail
        assert isinstance(route, Route)
        assert route.match is not None
        installation = call.invocation.installation
        if route.match.operation.writes:
            installation.answers = None
        asked = (
            kind.op, tuple(route.match.params.values()), route.query, route.path, call.body, call.fetch.headers,
            kind.acts_as, kind.account,
        )  # fmt: skip
        make = partial(_answer, call, kind, route, route.match)
        answer = make() if installation.answers is None else installation.answers.of(asked, call.now_ms, make)
        for each in answer.happened:
            services.triggers.happen(Raised(each.name, {**each.payload, "selfGenerated": True}))
        return Performed(answer.answer, answer.reads, answer.unsupported)

    def refuse(self, call: Call, kind: Kind, decision: Decision) -> Answer:
        match decision.rule:
            case "not-emulated":
                return not_emulated(kind.op or kind.target).answer
            case "no-user":
                return NO_USER
            case "path" | "method-override":
                return Answer(400, msgspec.json.encode({"code": 400, "message": decision.reason}), JSON)
            case "network-rate" | "impersonation-rate":
                told = call.invocation.installation.traffic.told(decision.rule, call.now_ms)
                return Answer(429, msgspec.json.encode({"code": 429, "message": decision.reason}), JSON + told)
            case "retired":
                return refusal(decision, str(call.fetch.descriptor.get("remote")))
            case _:
                return SCOPE_MISMATCH


def _answer(call: Call, kind: Kind, route: Route, match: Match) -> ProductAnswer:
    installation = call.invocation.installation
    asked = (match.operation, match.params, route.query, call.body)
    if match.operation.product.startswith("jira"):
        return installation.jira.perform(
            *asked, account=kind.account, now_ms=call.now_ms, path=route.path, headers=call.fetch.headers
        )
    return installation.confluence.perform(
        *asked,
        account=kind.account,
        now_ms=call.now_ms,
        headers=call.fetch.headers,
        as_app=kind.acts_as == "app",
    )


def _may_impersonate(route: Route, installation: Installation) -> bool:
    alternatives = route.match.operation.alternatives if route.match else ()
    return any(each and installation.impersonates.issuperset(each) for each in alternatives)


def acting(call: Call) -> tuple[str, str | None]:
    """On whose behalf a call runs: ``user``, ``app`` or ``none``, and the account behind it."""
    descriptor, principal = call.fetch.descriptor, call.invocation.principal
    match descriptor.get("provider"):
        case "user":
            asked = descriptor.get("accountId")
            return "user", str(asked) if asked is not None else principal
        case "app":
            return "app", APP_ACCOUNT
        case _:
            # The identity of provider "none" is not documented: the user where there is one.
            return "none", principal or APP_ACCOUNT


def not_emulated(name: str) -> Performed:
    """A 501 that names what forgesim does not emulate; law 6: never a silent 200."""
    text = {"code": 501, "message": f"forgesim does not emulate {name}"}
    return Performed(Answer(501, msgspec.json.encode(text), JSON), unsupported=name)
