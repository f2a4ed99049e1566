"""The bytes that rewritten app code sets as it runs, and what of them the host has not heard of yet."""

from __future__ import annotations

from types import CodeType

__all__ = ["Hits", "bind"]

_AT_ONCE = 20_000  # units in one frame: its header has a limit


class Hits(bytearray):
    """One byte per coverage unit. Code objects hold it as a constant, so it has to be hashable."""

    __slots__ = ("_shipped",)
    __hash__ = object.__hash__  # type: ignore[assignment]

    def __init__(self, units: int) -> None:
        super().__init__(units)
        self._shipped = bytearray(units)

    def fresh(self) -> list[int]:
        """The units first hit since the last call, in order."""
        shipped = self._shipped
        if self == shipped:
            return []
        fresh = (int.from_bytes(self) ^ int.from_bytes(shipped)).to_bytes(len(self))  # a loop would look at each unit
        units: list[int] = []
        at = fresh.find(1)
        while at >= 0 and len(units) < _AT_ONCE:
            units.append(at)
            shipped[at] = 1
            at = fresh.find(1, at + 1)
        return units


def bind(code: CodeType, marker: str, hits: Hits) -> CodeType:
    """The code with ``hits`` in the place of the constant ``marker``, in nested functions too."""
    constants: list[object] = []
    for constant in code.co_consts:
        kind = type(constant)
        if kind is str and constant == marker:
            constants.append(hits)
        else:
            constants.append(bind(constant, marker, hits) if kind is CodeType else constant)
    return code.replace(co_consts=tuple(constants))
