"""Signs Forge Invocation Tokens with a key of the run's own, and hands out the key set that remotes verify them with.

The key comes from the seed, so that a run repeats to the byte: whoever knows the seed can make the same tokens. They
say nothing to anybody but a simulated remote.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
from collections.abc import Mapping
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING, Any

import msgspec

from forgesim.ids import derive
from forgesim.platform.remote.limits import ALGORITHM, ISSUER, KEY_BITS, LIFE_S

if TYPE_CHECKING:
    from Crypto.PublicKey.RSA import RsaKey

__all__ = ["InvocationTokens", "opaque"]


class InvocationTokens:
    """The tokens of one run. The key is made with the first of them, which takes a third of a second."""

    __slots__ = ("_seed",)

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed

    @staticmethod
    def can_sign() -> bool:
        """Whether the extra ``[remote]`` is installed, which signing needs."""
        return importlib.util.find_spec("Crypto") is not None

    def signed(
        self, audience: str, app: Mapping[str, Any], number: str, now_ms: int, more: Mapping[str, Any] | None = None
    ) -> str:
        """A token for ``audience``, the app's ARI, in the compact form of RFC 7515. ``app`` is what it says of app and
        installation, ``more`` of person and place, ``number`` what tells it from others of this run."""
        from Crypto.Hash import SHA256
        from Crypto.Signature import pkcs1_15

        now = now_ms // 1000
        claims = {
            "iss": ISSUER,
            "aud": audience,
            "iat": now,
            "nbf": now,
            "exp": now + LIFE_S,
            "jti": f"{derive('jti', self._seed, number):016x}",
            "app": app,
            **(more or {}),
        }
        key = _key(self._seed)
        head = {"alg": ALGORITHM, "typ": "JWT", "kid": _name(key)}
        said = f"{_part(msgspec.json.encode(head))}.{_part(msgspec.json.encode(claims))}"
        return f"{said}.{_part(pkcs1_15.new(key).sign(SHA256.new(said.encode())))}"

    def jwks(self) -> dict[str, Any]:
        """The public half as a key set (RFC 7517)."""
        key = _key(self._seed)
        public = {"n": _part(_bytes(key.n)), "e": _part(_bytes(key.e))}
        return {"keys": [{"kty": "RSA", "use": "sig", "alg": ALGORITHM, "kid": _name(key), **public}]}


def opaque(*parts: object) -> str:
    """A token of Atlassian's that nobody but Atlassian can read: here nothing answers to it."""
    return f"forgesim-{derive('oauth', *parts):016x}"


@lru_cache(maxsize=8)
def _key(seed: int) -> RsaKey:
    from Crypto.PublicKey import RSA

    return RSA.generate(KEY_BITS, randfunc=Random(derive("invocation token", seed)).randbytes)  # noqa: S311


def _name(key: RsaKey) -> str:
    return f"forgesim/{hashlib.sha256(_bytes(key.n)).hexdigest()[:16]}"


def _bytes(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
