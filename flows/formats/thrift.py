"""Thrift's compact protocol, as the footer of a Parquet file is written in: read into plain values and written again.

A structure is a dictionary of its fields by number, each with its type, so what nobody asks for comes out as it went
in.
"""

from __future__ import annotations

import struct
from typing import Any

Structure = dict[int, tuple[int, Any]]

TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, _MAP, STRUCT = range(1, 13)
_SHORT = 15  # the longest list, and the furthest field, that fit into half a byte


class Reader:
    """Reads values one after the other."""

    def __init__(self, content: bytes) -> None:
        self._content, self._at = content, 0

    def _take(self, size: int) -> bytes:
        self._at += size
        return self._content[self._at - size : self._at]

    def _unsigned(self) -> int:
        value = shift = 0
        while True:
            byte = self._take(1)[0]
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    def _signed(self) -> int:
        value = self._unsigned()
        return (value >> 1) ^ -(value & 1)

    def structure(self) -> Structure:
        """The fields of a structure."""
        found: Structure = {}
        number = 0
        while (head := self._take(1)[0]) != 0:
            number = number + (head >> 4) if head >> 4 else self._signed()
            found[number] = (head & 0x0F, self._value(head & 0x0F))
        return found

    def _value(self, kind: int) -> Any:
        if kind in (TRUE, FALSE):
            return kind == TRUE
        if kind in (I16, I32, I64):
            return self._signed()
        if kind == BYTE:
            return self._take(1)
        if kind == DOUBLE:
            return struct.unpack("<d", self._take(8))[0]
        if kind == BINARY:
            return self._take(self._unsigned())
        if kind in (LIST, SET):
            return self._list()
        if kind == STRUCT:
            return self.structure()
        raise ValueError(f"a value of type {kind} is not what a footer holds")

    def _list(self) -> tuple[int, list[Any]]:
        head = self._take(1)[0]
        size, kind = head >> 4, head & 0x0F
        size = self._unsigned() if size == _SHORT else size
        if kind in (TRUE, FALSE):
            return kind, [self._take(1)[0] == TRUE for _ in range(size)]
        return kind, [self._value(kind) for _ in range(size)]


def write(fields: Structure) -> bytes:
    """The bytes of a structure."""
    written, last = bytearray(), 0
    for number, (kind, value) in sorted(fields.items()):
        shown = (TRUE if value else FALSE) if kind in (TRUE, FALSE) else kind
        step = number - last
        written += bytes([step << 4 | shown]) if 0 < step <= _SHORT else bytes([shown]) + _signed(number)
        if kind not in (TRUE, FALSE):
            written += _value(kind, value)
        last = number
    return bytes(written) + b"\0"


def _value(kind: int, value: Any) -> bytes:
    if kind in (I16, I32, I64):
        return _signed(value)
    if kind == BYTE:
        return bytes(value)
    if kind == DOUBLE:
        return struct.pack("<d", value)
    if kind == BINARY:
        return _unsigned(len(value)) + bytes(value)
    if kind == STRUCT:
        return write(value)
    inner, items = value
    size = len(items)
    head = bytes([size << 4 | inner]) if size < _SHORT else bytes([_SHORT << 4 | inner]) + _unsigned(size)
    if inner in (TRUE, FALSE):
        return head + bytes(TRUE if item else FALSE for item in items)
    return head + b"".join(_value(inner, item) for item in items)


def _unsigned(value: int) -> bytes:
    written = bytearray()
    while value >= 0x80:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*written, value])


def _signed(value: int) -> bytes:
    return _unsigned(value << 1 if value >= 0 else (-value << 1) - 1)
