"""Guard: size, tokens, depth and operators of a query before an engine sees it, and nothing that calls out.

Looks at tokens only. A refusal here is a courtesy that says why; the workers are the boundary.
"""

import re
from collections import deque
from typing import cast

from diplograph.errors import FederationDisabled, MalformedQuery, TooComplex, TooLarge, UpdateDisabled
from diplograph.namespaces import prefixes
from diplograph.sparql.grammar import Form
from diplograph.sparql.lexer import Lexer, Token, position_of

MAX_DEPTH = 100
MAX_OPERATORS = 2000
MAX_QUERY = 64 * 1024
MAX_TOKENS = 10_000
"""More cost the web process a quarter of a second before anything of the query is refused."""

_FORMS = ("select", "ask", "construct", "describe")
_UPDATES = ("insert", "delete", "load", "clear", "drop", "create", "add", "move", "copy", "with")
_ALWAYS_UPDATE = ("insert", "delete", "load", "clear", "drop", "create", "move", "copy")
_OPERATORS = {
    *("||", "&&", "=", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/", "|", "^", "!", "{"),
    *("union", "optional", "minus", "filter", "bind", "exists", "in"),
}
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def inspect(text: str) -> Form:
    """Return the form of a query that may be evaluated.

    Raises TooLarge past MAX_QUERY bytes of UTF-8, TooComplex, FederationDisabled, UpdateDisabled, and
    MalformedQuery for text whose tokens cannot be told; MalformedQuery is otherwise left to the engine.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_QUERY:
        raise TooLarge(f"The query has {size} bytes; {MAX_QUERY} are read.", limit=MAX_QUERY)
    decoded = decode(text)
    if decoded != text:
        _refuse_hidden(decoded)
    return _Inspection(text).run()


def decode(text: str) -> str:
    """Replace the escapes of code points (SPARQL 1.1, 19.2); MalformedQuery beyond Unicode."""

    def character(match: re.Match[str]) -> str:
        number = int(match[1] or match[2], 16)
        if number > 0x10FFFF:
            raise MalformedQuery(f"{match[0]} is beyond Unicode.", position=position_of(text, match.start()))
        return chr(number)

    return _ESCAPE.sub(character, text)


def _refuse_hidden(decoded: str) -> None:
    """Refuse what only the decoded text shows; the engine reads the text as it was sent."""
    try:
        _Inspection(decoded).run()
    except MalformedQuery:
        return


class _Inspection:
    """One pass over the tokens of a query."""

    def __init__(self, text: str) -> None:
        self.lexer = Lexer(text)
        self.form: Form | None = None
        self.prefixes: set[str] = set()
        self.operators = 0
        self.before: deque[Token] = deque(maxlen=2)

    def run(self) -> Form:
        """Read to the end and return the form."""
        for number, token in enumerate(self.lexer):
            if number >= MAX_TOKENS:
                raise self._complex(f"More than {MAX_TOKENS} tokens.", MAX_TOKENS, token)
            if self.form is None:
                self._prologue(token)
            else:
                self._body(token)
            self.before.append(token)
        if self.form is None:
            raise MalformedQuery("The text holds no SELECT, ASK, CONSTRUCT or DESCRIBE.")
        return self.form

    def _prologue(self, token: Token) -> None:
        """Note the prefixes up to the word that names the form."""
        last = self.before[-1] if self.before else None
        if last is not None and last.says("prefix") and token.kind == "name":
            self.prefixes.add(token.text.partition(":")[0])
        elif token.kind == "word":
            self._first_word(token)
        elif token.kind != "iri" or last is None or not (last.says("base") or last.kind == "name"):
            raise self._no_start(token)

    def _no_start(self, token: Token) -> MalformedQuery:
        hint = "Begin with SELECT, ASK, CONSTRUCT or DESCRIBE."
        if token.kind != "word":
            hint = "Prefixes are written PREFIX name: <IRI>, with neither @ nor full stop; then comes SELECT."
        return self.lexer.error("A query starts with PREFIX, BASE or its form.", token.start, hint)

    def _first_word(self, token: Token) -> None:
        word = token.text.lower()
        if word in _FORMS:
            self.form = cast("Form", word)
        elif word in _UPDATES:
            raise self._update(token)
        elif word not in ("prefix", "base"):
            self._federation(token)
            raise self._no_start(token)

    def _body(self, token: Token) -> None:
        if self.lexer.depth > MAX_DEPTH:
            raise self._complex(f"Nested deeper than {MAX_DEPTH} brackets.", MAX_DEPTH, token)
        if token.kind in ("word", "mark") and token.text.lower() in _OPERATORS:
            self.operators += 1
            if self.operators > MAX_OPERATORS:
                raise self._complex(f"More than {MAX_OPERATORS} operators.", MAX_OPERATORS, token)
        if token.kind == "word":
            self._word(token)
        elif token.kind == "name":
            self._name(token)
        elif token.text == "{":
            self._group(token)

    def _word(self, token: Token) -> None:
        self._federation(token)
        if token.says(*_ALWAYS_UPDATE):
            raise self._update(token)

    def _name(self, token: Token) -> None:
        """Refuse an undeclared prefix: the engine may read it as a keyword that touches a name."""
        prefix = token.text.partition(":")[0]
        if prefix in self.prefixes:
            return
        if "service" in prefix.lower():
            raise FederationDisabled("This service does not query others.", position=self._at(token))
        known = prefixes().get(prefix, "…")
        hint = f"Add at the top: PREFIX {prefix}: <{known}>"
        raise self.lexer.error(f"The prefix {prefix}: is not declared.", token.start, hint)

    def _group(self, token: Token) -> None:
        """Refuse a declared prefix that the engine may still read as SERVICE: `service:x {`."""
        if not self.before or self.before[-1].kind != "name":
            return
        touched = "service" in self.before[-1].text.partition(":")[0].lower()
        if touched and not self.before[0].says("graph", "named", "from"):
            raise FederationDisabled("This can be read as SERVICE.", position=self._at(token))

    def _federation(self, token: Token) -> None:
        if "service" in token.text.lower():
            raise FederationDisabled("This service does not query others.", position=self._at(token))

    def _update(self, token: Token) -> UpdateDisabled:
        return UpdateDisabled(f"{token.text.upper()} is SPARQL Update.", position=self._at(token))

    def _complex(self, detail: str, limit: int, token: Token) -> TooComplex:
        return TooComplex(detail, limit=limit, position=self._at(token))

    def _at(self, token: Token) -> dict[str, int]:
        return position_of(self.lexer.text, token.start)
