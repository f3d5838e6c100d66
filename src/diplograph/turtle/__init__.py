"""Turtle in and out: reading with lexical forms kept, writing canonically, and the places of statements."""

from diplograph.turtle.canonical import canonical, format_text, malformed, parse, read

__all__ = ["canonical", "format_text", "malformed", "parse", "read"]
