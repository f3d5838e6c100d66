"""Messages between the pool and its workers: a JSON header and bytes, each with its length. No pickle.

A header is a JSON object; bytes among its values travel behind it, so that no upload is ever escaped.
"""

import json
import struct
from collections.abc import Callable
from typing import Any

_LENGTHS = struct.Struct(">II")

Message = dict[str, Any]


def encode(message: Message) -> bytes:
    """Return a message as one frame; the values are JSON values or bytes."""
    blobs = {key: value for key, value in message.items() if isinstance(value, bytes)}
    plain = {key: value for key, value in message.items() if key not in blobs}
    plain[""] = [[key, len(value)] for key, value in blobs.items()]
    header = json.dumps(plain, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass")
    body = b"".join(blobs.values())
    return b"".join((_LENGTHS.pack(len(header), len(body)), header, body))


def read(receive: Callable[[int], bytes | None]) -> Message:
    """Read one frame; `receive` returns at most so many bytes, and none when the other side has gone.

    Raises EOFError when it went before the frame was whole.
    """
    header_length, body_length = _LENGTHS.unpack(_exactly(_LENGTHS.size, receive))
    message: Message = json.loads(_exactly(header_length, receive))
    body = _exactly(body_length, receive)
    position = 0
    for key, length in message.pop(""):
        message[key] = bytes(body[position : position + length])
        position += length
    return message


def _exactly(length: int, receive: Callable[[int], bytes | None]) -> bytes:
    pieces = []
    while length:
        piece = receive(min(length, 1 << 20))
        if not piece:
            raise EOFError("the other side has gone")
        pieces.append(piece)
        length -= len(piece)
    return b"".join(pieces)


def under(prefix: str, message: Message) -> Message:
    """Return the part of a message whose keys start with a prefix, without it."""
    return {key.removeprefix(prefix): value for key, value in message.items() if key.startswith(prefix)}
