"""A SELECT query cut into pages: its text with LIMIT and OFFSET where they belong."""

from diplograph.engine.lexer import Lexer, Token
from diplograph.errors import InvalidParameter


def page(text: str, size: int, offset: int) -> str:
    """Return the query with `LIMIT size OFFSET offset`.

    Raises InvalidParameter for a query without ORDER BY, whose pages could overlap, and for one that has a
    LIMIT or OFFSET of its own.
    """
    if size < 1:
        raise InvalidParameter("A page has at least one row.", parameters=["size"])
    end = _top_level(text)
    return f"{text[:end]}\nLIMIT {size} OFFSET {offset}\n{text[end:]}"


def _top_level(text: str) -> int:
    """Return where the solution modifiers of a query end."""
    lexer = Lexer(text)
    ordered = False
    before: Token | None = None
    for token in lexer:
        if not lexer.depth and token.says("limit", "offset"):
            raise InvalidParameter("The query has a LIMIT or OFFSET of its own.", parameters=["text"])
        if not lexer.depth and before is not None and before.says("order") and token.says("by"):
            ordered = True
        if not lexer.depth and ordered and token.says("values"):
            return token.start
        before = token
    if not ordered:
        raise InvalidParameter("A query that is read page by page needs an ORDER BY.", parameters=["text"])
    return len(text)
