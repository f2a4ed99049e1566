"""IP addresses in the spellings that some parser takes for one."""

from __future__ import annotations

from random import Random

from forgesim.fuzz.url_spellings import escape, widen

__all__ = ["spelled_address"]

_V4 = (
    0x7F000001, 0x0A000001, 0xA9FEA9FE, 0xC0A80101, 0xAC100001, 0x64400001, 0, 0xFFFFFFFF, 0xE0000001, 0x7F000101,
    0x08080808, 0x01010101, 0xC0000201, 0xC6120001, 0xC0000009, 0xC0586301,
)  # fmt: skip
"""Loopback, private, link-local, shared, this host, broadcast, multicast, public, documents, benchmarks, protocols,
relays."""

_V6 = (
    "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1", "3fff::1", "100::1",
    "2001:20::1", "5f00::1", "4000::1", "2606:4700:4700::1111", "2001:4860:4860::8888", "0:0:0:0:0:0:0:1",
    "0000:0000:0000:0000:0000:0000:0000:0001", "::1%25eth0", "::1%eth0", "fe80::1%251", "::%31", "1::2::3",
    ":1", "::g", "", "::1]", "[::1", "v1.a", "::ffff", "::127.0.0.1.", "::0x7f.1", "1:2:3:4:5:6:7:8:9",
)  # fmt: skip
_V4_IN_V6 = (
    "::ffff:{dotted}", "::ffff:{high:x}:{low:x}", "::{dotted}", "::{high:x}:{low:x}", "::ffff:0:{dotted}",
    "64:ff9b::{dotted}", "64:ff9b::{high:x}:{low:x}", "64:ff9b:1::{dotted}", "2002:{high:x}:{low:x}::1",
    "2001:0:{high:x}:{low:x}::", "fe80::5efe:{dotted}", "0:0:0:0:0:FFFF:{dotted}",
)  # fmt: skip
_PART = ("{:d}", "{:#x}", "0{:o}", "{:d}", "00{:o}", "{:#X}", "0x00{:x}")


def spelled_address(rng: Random) -> str:
    """A host that is, or might be read as, an IP address; mostly not one of the public internet."""
    if rng.randrange(4) == 0:
        return f"[{rng.choice(_V6)}]"
    value = rng.choice(_V4)
    if rng.randrange(3) == 0:
        dotted = ".".join([str(part) for part in value.to_bytes(4, "big")])
        inner = rng.choice(_V4_IN_V6).format(dotted=dotted, high=value >> 16, low=value & 0xFFFF)
        return f"[{inner}]"
    text = _v4(rng, value)
    return rng.choice((text, text, text, text + ".", text + "..", widen(text), escape(text), text + "\u00ad"))


def _v4(rng: Random, value: int) -> str:
    """Dotted parts, of which the last has all that is left: 127.0.0.1, 127.1, 2130706433; each in some base."""
    count = rng.choice((4, 1, 2, 3))
    parts = [(value >> (24 - 8 * index)) & 0xFF for index in range(count - 1)]
    parts.append(value & ((1 << (8 * (5 - count))) - 1))
    if rng.randrange(6) == 0:
        return ".".join([rng.choice(_PART).format(part) for part in parts])
    return ".".join([*map(rng.choice(_PART).format, parts)])
