"""What a condition asks for, also where a value comes from one thing by very many ways."""

from __future__ import annotations

import ast

from forgesim.source.leaves import leaves_of
from forgesim.source.program import Program


def leaves(lines: list[str]) -> list[str]:
    """The texts of what the test of the one ``if`` asks for."""
    source = "def handler(request):\n" + "".join(
        f"    {line}\n" for line in [*lines, "if last == 'k':", "    return 1"]
    )
    program = Program({"src/index.py": source})
    [test] = [node.test for node in ast.walk(program.modules["src/index.py"]) if isinstance(node, ast.If)]
    return [ast.unparse(leaf.node) for leaf in leaves_of(test, program, program.scope(program.owner(test)))]


def test_a_condition_s_leaves_stand_once_in_the_order_of_its_text() -> None:
    assert leaves(["one = request.payload['a']", "last = one + request.payload['b'] + one"]) == [
        "request.payload['a']",
        "request.payload['b']",
    ]


def test_a_value_by_three_to_the_twenty_ways_is_gone_into_once() -> None:
    """Gone into by all of its ways, it would never end."""
    ways = [f"n{n} = n{n - 1} * n{n - 1} + n{n - 1}" for n in range(1, 21)]
    lines = ["n0 = request.payload['a'] + request.payload['b']", *ways, "last = n20"]
    assert leaves(lines) == ["request.payload['a']", "request.payload['b']"]
