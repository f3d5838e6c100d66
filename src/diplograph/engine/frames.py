"""Frames between the pool and its workers: a JSON header and bytes, each with its length. No pickle.

A header is a JSON object; bytes among its values travel behind it, so that no upload is ever escaped. A
frame without a header is a part of an answer that is too long for one message: the message follows it.
"""

import json
import struct
from collections.abc import Callable
from typing import Any

_LENGTHS = struct.Struct(">II")
_HEADER = json.JSONEncoder(ensure_ascii=False, default=str)
_CHUNK = 256 << 10

Message = dict[str, Any]


def encode(message: Message) -> bytes:
    """Return a message as one frame; the values are JSON values or bytes."""
    blobs = {key: value for key, value in message.items() if isinstance(value, bytes)}
    if blobs:
        plain = {key: value for key, value in message.items() if key not in blobs}
        message = plain | {"": [[key, len(value)] for key, value in blobs.items()]}
    encoded = _HEADER.encode(message).encode("utf-8", "surrogatepass")
    body = b"".join(blobs.values())
    return b"".join((_LENGTHS.pack(len(encoded), len(body)), encoded, body))


def part(content: bytes | bytearray) -> bytes:
    """Return a piece of an answer as a frame of its own."""
    return b"".join((_LENGTHS.pack(0, len(content)), content))


class FrameReader:
    """Reads frames from one side of a pipe."""

    def __init__(self, receive: Callable[[memoryview], int]) -> None:
        """Read with `receive`, which fills a buffer from its start and returns how many bytes that were.

        None means that the other side has gone. There is one buffer for good: one for each call would be
        asked from the system and given back every time.
        """
        self._receive = receive
        self._landing = memoryview(bytearray(_CHUNK))
        self._buffer = bytearray()

    def message(self, keep: Callable[[bytes], object] | None = None) -> Message:
        """Return the next message; the parts before it go to `keep`, one after the other.

        Raises EOFError when the other side went before the message was whole, and what `keep` raises.
        """
        while True:
            header_length, body_length = _LENGTHS.unpack(self._exactly(_LENGTHS.size))
            if header_length:
                return self._message(header_length, body_length)
            while body_length:
                piece = self._exactly(min(body_length, _CHUNK))
                body_length -= len(piece)
                if keep is not None:
                    keep(piece)

    def _message(self, header_length: int, body_length: int) -> Message:
        message: Message = json.loads(self._exactly(header_length))
        body = self._exactly(body_length)
        position = 0
        for key, length in message.pop("", ()):
            message[key] = body[position : position + length]
            position += length
        return message

    def _exactly(self, length: int) -> bytes:
        buffer = self._buffer
        while len(buffer) < length:
            count = self._receive(self._landing)
            if not count:
                raise EOFError("the other side has gone")
            buffer += self._landing[:count]
        found = bytes(memoryview(buffer)[:length])
        del buffer[:length]
        return found


def under(prefix: str, message: Message) -> Message:
    """Return the part of a message whose keys start with a prefix, without it."""
    return {key.removeprefix(prefix): value for key, value in message.items() if key.startswith(prefix)}
