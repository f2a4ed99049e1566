"""A run that Forge might have made and forgesim does not: recorded by the name of what is not emulated."""

from __future__ import annotations

from typing import Any

from forgesim.decision import deny
from forgesim.gateway.call import Invocation
from forgesim.gateway.gateway import Gateway
from forgesim.ledger.records import Answered, Close, Decided, Open

__all__ = ["record_skipped"]

UNSUPPORTED = 501


def record_skipped(gateway: Gateway, invocation: Invocation, given: Any, what: str) -> None:
    """An invocation that ends before it begins, with a 501 in it that names ``what``: claims stay open on it."""
    pen, at, run, inv = gateway.ledger, invocation.opened_ms, invocation.run, invocation.id
    seq = gateway.next_seq()
    says = f"forgesim does not emulate {what}"
    pen.write(
        Open(
            run=run,
            inv=inv,
            root=invocation.root,
            parent=invocation.parent,
            function=invocation.function,
            cause=invocation.cause,
            at=at,
            deadline=invocation.deadline_ms,
            input=given,
        )
    )
    pen.write(
        Decided(
            run=run,
            inv=inv,
            seq=seq,
            at=at,
            channel="platform",
            verb="deliver",
            target=invocation.module,
            op=what,
            decision=deny("not-emulated", says),
        )
    )
    pen.write(Answered(run=run, inv=inv, seq=seq, at=at, status=UNSUPPORTED, unsupported=what))
    pen.write(Close(inv=inv, at=at, outcome="error", type="NotEmulated", message=says))
