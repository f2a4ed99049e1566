"""The vendor's own back end: whoever has no token of Forge's for this app is sent away."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from typing import Any

APP = "ari:cloud:ecosystem::app/6f0f1a52-2d4e-4c0b-9a57-0c1e5f2a7b14"
SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")


def _plain(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def claims(token: str) -> Any:
    """What a token says, once its signature was checked with the platform's key (RFC 8017, 8.2.2)."""
    head, body, signature = token.split(".")
    (key,) = (
        key for key in json.loads(os.environ["FORGE_JWKS"])["keys"] if key["kid"] == json.loads(_plain(head))["kid"]
    )
    modulus, exponent = (int.from_bytes(_plain(key[name]), "big") for name in "ne")
    size = (modulus.bit_length() + 7) // 8
    shown = pow(int.from_bytes(_plain(signature), "big"), exponent, modulus).to_bytes(size, "big")
    digest = SHA256 + hashlib.sha256(f"{head}.{body}".encode()).digest()
    assert shown == b"\x00\x01" + b"\xff" * (size - len(digest) - 3) + b"\x00" + digest
    return json.loads(_plain(body))


def handle(event: Any, context: Any) -> Any:
    if event["rawPath"] == "/v1/moved":
        return {"statusCode": 302, "headers": {"location": "https://elsewhere.example.com/"}}
    said = claims(event["headers"]["authorization"].removeprefix("Bearer "))
    now = event["requestContext"]["timeEpoch"] // 1000
    if said["aud"] != APP or said["iss"] != "forge/invocation-token" or not said["nbf"] <= now < said["exp"]:
        return {"statusCode": 401, "body": "{}"}
    words = json.loads(event["body"])["words"]
    answer = {"longer": words > 100, "module": said["app"]["module"]["key"], "knows": sorted(said)}
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(answer)}
