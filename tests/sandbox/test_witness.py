"""Addresses as evidence shows them."""

from __future__ import annotations

import socket
import struct

import pytest
from hypothesis import given, strategies as st

from forgesim.sandbox.witness import Notice, makes_thread, socket_address

IPV4 = struct.pack("=H", socket.AF_INET) + (443).to_bytes(2, "big") + bytes([192, 0, 2, 7]) + bytes(8)
IPV6 = struct.pack("=H", socket.AF_INET6) + (80).to_bytes(2, "big") + bytes(4) + bytes(15) + b"\x01" + bytes(4)


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (IPV4, "192.0.2.7:443"),
        (IPV6, "[::1]:80"),
        (struct.pack("=H", socket.AF_UNIX) + b"/run/x.sock\0junk", "unix:/run/x.sock"),
        (struct.pack("=H", socket.AF_UNIX) + b"\0hidden", "unix:@hidden"),
        (struct.pack("=H", 16) + bytes(10), "AF_NETLINK"),
        (IPV4[:5], "AF_INET"),
        (struct.pack("=H", 999), "family 999"),
        (b"", "family 0"),
    ],
    ids=["IPv4", "IPv6", "a path", "an abstract name", "netlink", "cut short", "unknown", "empty"],
)
def test_an_address_is_shown_in_words(data: bytes, shown: str) -> None:
    assert socket_address(data) == shown


THREAD = 0x3D0F00  # what pthread_create asks for


@pytest.mark.parametrize(
    ("call", "flags", "thread"),
    [
        ("clone", THREAD, True),
        ("clone", THREAD | 0xABCD_0000_0000_0000, True),
        ("clone", 17, False),
        ("clone", THREAD & ~0x10000, False),
        ("clone", THREAD & ~0x800, False),
        ("clone", THREAD & ~0x100, False),
        ("clone", THREAD | 0x10000000, False),
        ("clone", THREAD | 0x80, False),
        ("fork", THREAD, False),
    ],
)
def test_only_a_thread_of_its_own_process_may_go_on(call: str, flags: int, thread: bool) -> None:
    assert makes_thread(Notice(1, 2, call, (flags, 0, 0, 0, 0, 0))) is thread


@given(st.binary(max_size=110))
def test_no_address_that_a_guest_makes_up_breaks_the_host(data: bytes) -> None:
    assert socket_address(data)
