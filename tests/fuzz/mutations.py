"""Bytes as nobody should send them: what is good, with places cut out, said twice, turned over or filled."""

from __future__ import annotations

import random

# What has led a reader astray somewhere: ends, nests, marks, halves, numbers without end, and addresses of elsewhere.
TOKENS = [
    b"", b"\0", b"\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\n", b"\r", b'"', b"'", b",", b"null", b"[]", b"{}",
    b"[" * 3000, b'{"a":' * 3000, b"9" * 5000, b"-0", b"1e999", b"NaN", b"\\ud800", b"<![foo[", b"<!--", b"<tr><td>",
    b"</table>", b"&#0;", b"&a;", b"<a ", b"{{ x }}", b"../..", b"\x1b[2J", "\u0663\u00b2".encode(), b" " * 3000,
    b"x" * 3000, b"PK\x03\x04", b"PK\x05\x06", b"AAAAA1", b"2147483648", b"0000", b"9999",
]  # fmt: skip

_FORMULA_AND_SCRIPT = [b"=cmd|'/c calc'!A1", b"@SUM(1)", b"<script>alert(1)</script>", b"'; drop table raw.file; --"]


def mutated(content: bytes, chance: random.Random) -> bytes:
    """`content` with up to four changes, most of them small: what is nearly good goes the furthest."""
    for _ in range(chance.choice((1, 1, 1, 2, 3, 4))):
        first, last = sorted(chance.randint(0, len(content)) for _ in range(2))
        if chance.random() < 0.9:
            last = min(last, first + chance.choice((1, 2, 4, 16)))
        content = content[:first] + _in_place_of(content[first:last], chance) + content[last:]
    return content


def _in_place_of(part: bytes, chance: random.Random) -> bytes:
    kind = chance.choice(("cut", "twice", "token", "token", "bit", "digits", "shuffled"))
    if kind == "cut":
        return b""
    if kind == "twice":
        return part * 2
    if kind == "token":
        return chance.choice(TOKENS + _FORMULA_AND_SCRIPT)
    if kind == "digits":
        return str(chance.choice((0, -1, 2**31, 2**63, 10**18, 0.1))).encode()
    if kind == "shuffled":
        return bytes(chance.sample(part, len(part)))
    return bytes([part[0] ^ 1 << chance.randrange(8)]) + part[1:] if part else b""
