"""Turtle in and out: reading with lexical forms kept, writing canonically, and the places of statements."""

from diplograph.turtle.canonical import canonical, comments, format_text, malformed, parse, read
from diplograph.turtle.remarks import Remark, remarks

__all__ = ["Remark", "canonical", "comments", "format_text", "malformed", "parse", "read", "remarks"]
