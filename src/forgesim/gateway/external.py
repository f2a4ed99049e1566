"""External fetch (descriptor ``external``): the installation's consented hosts, then the broker, hop by hop."""

from __future__ import annotations

from collections.abc import Iterable

from forgesim.decision import Decision
from forgesim.egress.broker import blocked_answer
from forgesim.egress.policy import Target
from forgesim.gateway.call import Call, Kind, Performed, Services
from forgesim.ledger.records import Live
from forgesim.seam import Answer

__all__ = ["External"]

TOO_MANY = Answer(429, b"", (("forge-proxy-error", "RATE_LIMIT_EXCEEDED"),))
"""What an invocation or an app over its limit of requests is answered: our choice, for Forge documents the numbers
alone."""
RATES = frozenset({"external-rate", "egress-rate", "network-rate"})


class External:
    """One hop. A redirect is a new call with a new decision; the gateway makes it."""

    answers = True

    def identify(self, call: Call) -> Kind:
        installation = call.invocation.installation
        decision, target = installation.policy.decide(call.fetch.path)
        host = target.host if target else None
        return Kind(
            "egress",
            call.fetch.method.upper(),
            call.fetch.path,
            host=host,
            detail=(decision, target),
            live=decision.allow and target is not None and target.scheme == "https" and host in installation.live,
        )

    def decide(self, call: Call, kind: Kind) -> Decision:
        decision = _policy_of(kind)[0]
        if not decision.allow:
            return decision
        counted = call.invocation.external_budget.take()
        if counted.allow:
            counted = call.invocation.installation.traffic.external(call.now_ms)
        return decision if counted.allow else counted

    def perform(self, call: Call, kind: Kind, services: Services) -> Performed:
        if not kind.live:
            return self.sent(call, kind, services, call.fetch.headers)
        _, target = _policy_of(kind)
        assert target is not None
        sent = services.broker.send_live(kind.verb, target, call.fetch.headers, call.body)
        live = Live(host=target.host, peer=sent.peer, tls=sent.tls, error=sent.error)
        return Performed(sent.answer, unsupported=_unsupported(sent.answer), live=live)

    @staticmethod
    def sent(call: Call, kind: Kind, services: Services, headers: Iterable[tuple[str, str]]) -> Performed:
        """A simulated host's answer to the request with these headers."""
        _, target = _policy_of(kind)
        assert target is not None
        answer = services.broker.send(kind.verb, target, headers, call.body, call.now_ms)
        return Performed(answer, unsupported=_unsupported(answer), aftermath=services.broker.aftermath(target))

    def refuse(self, call: Call, kind: Kind, decision: Decision) -> Answer:
        return TOO_MANY if decision.rule in RATES else blocked_answer(decision)


def _unsupported(answer: Answer) -> str | None:
    """What is not emulated, as the broker names it; no real host's answer carries that header."""
    return next((v for n, v in answer.headers if n == "x-forgesim-unsupported"), None) if answer.status == 501 else None


def _policy_of(kind: Kind) -> tuple[Decision, Target | None]:
    """What the policy said when the call was identified."""
    assert isinstance(kind.detail, tuple)
    decision, target = kind.detail
    assert isinstance(decision, Decision)
    return decision, target
