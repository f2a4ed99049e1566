"""``variables`` of trust.yml: what ``forge variables set`` gives the app, which finds it in ``os.environ``.

A secret one has no value in the file: forgesim makes one up, of the app's name and its own, so that no real key comes
near a ledger and ``judge`` knows it again. In ``const`` types ``${NAME}`` stands for the value, as it does in
``manifest.yml``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from forgesim.ids import derived_uuid
from forgesim.manifest.reading import Reader, one_of
from forgesim.manifest.tree import Node

__all__ = ["SECRET", "VARIABLE_FIELDS", "VARIABLE_NAME", "Variable", "filled_in", "read_variables"]

SECRET: Final = "secret"  # noqa: S105 -- the word, no secret
VARIABLE_FIELDS: Final = ("value",)
VARIABLE_NAME: Final = r"[a-zA-Z_][a-zA-Z0-9_]*"
"""As Forge has it (Forge documentation, "Environment variables", August 2026)."""
_NAME: Final = re.compile(VARIABLE_NAME)
_USE: Final = re.compile(r"\$\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Variable:
    """A text of the app's environment. ``secret``: it was set encrypted, and is nobody's to read but the app's."""

    value: str
    secret: bool


def read_variables(reader: Reader, node: Node | None, app: str) -> dict[str, Variable]:
    """Name → variable: ``API_KEY: secret``, or ``REGION: {value: eu}``."""
    found: dict[str, Variable] = {}
    if node is None or node.value is None or not reader.is_a(node, dict, "variables"):
        return found
    for name, of in node.value.items():
        if not _NAME.fullmatch(name):
            reader.tell_at(node.keys[name], f"{name!r} is no name of a variable", "letters, digits and _ only")
        elif of.value == SECRET:
            found[name] = Variable(derived_uuid("variable", app, name).replace("-", ""), secret=True)
        elif not isinstance(of.value, dict):
            reader.tell(of, f"the variable {name} is {of.value!r}", "write secret, or {value: TEXT}")
        else:
            fields = reader.fields(of, f"the variable {name}", required=VARIABLE_FIELDS, known=VARIABLE_FIELDS)
            found[name] = Variable(reader.text(fields, "value", f"the variable {name}"), secret=False)
    return found


def filled_in(reader: Reader, node: Node, variables: Mapping[str, Variable]) -> object:
    """The data of a type, with the values of variables in its ``const`` texts."""

    def put(data: object) -> object:
        match data:
            case str() if data.lstrip().startswith("const "):
                return _USE.sub(value_of, data)
            case dict():
                return {name: put(of) for name, of in data.items()}
            case list():
                return [put(of) for of in data]
            case _:
                return data

    def value_of(use: re.Match[str]) -> str:
        if (known := variables.get(use[1])) is not None:
            return known.value
        reader.tell(node, f"there is no variable {use[1]!r}", one_of(use[1], variables) or "declare it under variables")
        return use[0]

    return put(node.data())
