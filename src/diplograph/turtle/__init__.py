"""Turtle in and out: reading with lexical forms kept, writing canonically, and the places of statements."""

from diplograph.turtle.canonical import (
    canonical,
    comments,
    format_text,
    lost_comments,
    malformed,
    parse,
    read,
)

__all__ = ["canonical", "comments", "format_text", "lost_comments", "malformed", "parse", "read"]
