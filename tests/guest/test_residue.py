"""What is left of a text in a process: wherever it stands, and in whatever case."""

from __future__ import annotations

import subprocess
import sys

import pytest

MARK = "shkurvuargzor"

SCRIPT = """
import atexit, sys, types, weakref
from forgesim.guest.residue import find

KEPT = [type("K", (of,), {{}}) for of in (str, bytes, dict, object)]
PROXIES = [*map(weakref.proxy, [*KEPT, *(kind() for kind in KEPT if kind.__base__ is not bytes)])]

def keep(text, held):
    {keep}

held = sys.modules["held"] = types.ModuleType("held")
keep("".join(map(chr, {codes})), held)
print(*find({{"marks": [{hexed!r}]}})["left"], sep="|")
"""

KEPT = {
    "nowhere": ("pass", ""),
    "as it is": ("held.x = text", "held.x"),
    "in a longer text, in capitals": ("held.x = f'so {text.upper()} it is'", "held.x"),
    "as bytes": ("held.x = text.encode()", "held.x"),
    "as bytes in capitals": ("held.x = text.upper().encode()", "held.x"),
    "in a bytearray": ("held.x = bytearray(text.encode())", "held.x"),
    "in an object of a class of texts": ("held.x = type('S', (str,), {})(text)", "held.x"),
    "in an object of a class of bytes": ("held.x = type('B', (bytes,), {})(text.encode())", "held.x"),
    "in an attribute of a number": ("held.x = type('N', (int,), {})(1); held.x.y = text", "held.x"),
    "in what the collector does not track": ("held.x = (1, (2, (3, text)))", "held.x"),
    "in a map in a list": ("held.x = [{'a': {'b': text}}]", "held.x"),
    "as a key": ("held.x = {text: 1}", "held.x"),
    "as the name of an attribute": ("held.x = type('K', (), {})(); setattr(held.x, text, 1)", "held.x"),
    "as a key of an attribute": ("held.x = type('K', (), {})(); held.x.y = {text: 1}", "held.x"),
    "as the name of a class": ("held.x = type(text, (), {})", "held.x"),
    "beside proxies of texts, maps and classes": ("held.x = PROXIES; held.y = text", "held.y"),
    "in a default": ("held.x = eval('lambda t=t: t', {'t': text})", "held.x"),
    "as a variable's name": ("setattr(held, text, 1)", "held, in a name"),
    "where no module names it": ("atexit.register(print, [text])", "an object that no module names"),
}


@pytest.mark.parametrize(("keep", "place"), KEPT.values(), ids=KEPT)
def test_a_text_is_found_where_it_is_kept(keep: str, place: str) -> None:
    script = SCRIPT.format(keep=keep, codes=[*map(ord, MARK)], hexed=MARK.encode().hex())
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[0].split("|")[0] == place
