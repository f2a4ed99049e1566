"""What is emulated, by asking: each operation of each Forge service is put to the gateway; what answers 501 is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from forgesim.conformance.case import Case, Expect, Step, read_table
from forgesim.conformance.play import Bench, take
from forgesim.gateway.emulated import raised, routed, unraised
from forgesim.scopes.table import operations

__all__ = ["Emulated", "emulated", "events"]

NOT_EMULATED = 501


@dataclass(frozen=True, slots=True, kw_only=True)
class Emulated:
    """A service of Forge: ``served`` and ``unserved`` list its operations, or for a product count them."""

    name: str
    served: tuple[str, ...]
    unserved: tuple[str, ...]


class _Service(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    asks: list[str]
    body: Any = msgspec.field(default_factory=dict)


class _Services(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    services: list[_Service]


def emulated(bench: Bench) -> list[Emulated]:
    """Each service with what is emulated of it, products first."""
    return [*_products(), *(_asked(bench, service) for service in read_table("services", _Services).services)]


def events() -> list[Emulated]:
    """Each product with the events that what is emulated of it raises; ``unserved`` are documented and never raised."""
    never = unraised()
    return [
        Emulated(name=product.capitalize(), served=tuple(sorted(names)), unserved=tuple(sorted(never[product])))
        for product, names in raised().items()
    ]


def _products() -> list[Emulated]:
    found = []
    for product, routes in routed().items():
        documented = {each.name for each in operations() if each.product.startswith(product)}
        found.append(
            Emulated(
                name=product.capitalize(),
                served=tuple(sorted(routes & documented)),
                unserved=tuple(sorted(documented - routes)),
            )
        )
    return found


def _asked(bench: Bench, service: _Service) -> Emulated:
    served: list[str] = []
    unserved: list[str] = []
    for line in service.asks:
        step = Step(to=line, body=service.body)
        nothing = Case(id=line, says=line, source="choice", page="ours", ask=step, expect=Expect(status=NOT_EMULATED))
        with bench.stage(nothing) as before:
            (unserved if take(before.stage, step).status == NOT_EMULATED else served).append(line)
    return Emulated(name=service.name, served=tuple(served), unserved=tuple(unserved))
