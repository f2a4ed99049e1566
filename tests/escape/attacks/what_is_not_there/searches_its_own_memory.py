"""Every mapping that it can read, byte by byte."""

from __future__ import annotations

from tests.escape.witnesses.hidden import HostVariable

WITNESS = HostVariable
CONTROL = "child"


def attack() -> object:
    import re

    found = []
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
        for line in maps:
            start, end = (int(each, 16) for each in line.split()[0].split("-"))
            if "[heap]" in line:
                memory.seek(start)
                found += [each.decode() for each in re.findall(rb"SECRET=(?:[0-9a-f]{24})", memory.read(end - start))]
            if "[stack]" in line:
                memory.seek(start)
                found += [each.decode() for each in re.findall(rb"SECRET=(?:[0-9a-f]{24})", memory.read(end - start))]
    return found
