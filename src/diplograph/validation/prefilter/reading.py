"""Terms and property paths of a query, read from its tokens; InexpressibleError for what is not read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from diplograph.engine.lexer import Token
from diplograph.validation.prefilter.paths import (
    Either,
    InexpressibleError,
    Path,
    Repeated,
    Sequential,
    Step,
)
from diplograph.vocab import RDF


@dataclass
class Reader:
    """Reads terms and paths from the front of some tokens."""

    tokens: Sequence[Token]
    prefixes: Mapping[str, str]
    property_path: Path | None
    at: int = 0

    @property
    def token(self) -> Token:
        """The next token."""
        if self.at >= len(self.tokens):
            raise InexpressibleError
        return self.tokens[self.at]

    def says(self, *words: str) -> bool:
        """Tell whether the next token is one of some words."""
        return self.at < len(self.tokens) and self.token.says(*words)

    def take(self, *words: str) -> Token:
        """Pass the next token, which has to be one of some words if any are given."""
        token = self.token
        if words and not token.says(*words):
            raise InexpressibleError
        self.at += 1
        return token

    def term(self) -> str:
        """Read a variable, an IRI or a literal."""
        token = self.take()
        if token.kind == "variable":
            return variable(token)
        if token.kind in ("iri", "name"):
            return f"<{self.iri(token)}>"
        if token.kind == "string" and self.at < len(self.tokens) and self.token.kind == "language":
            return token.text + self.take().text
        if token.kind == "string" and not self.says("^^"):
            return token.text
        raise InexpressibleError

    def iri(self, token: Token) -> str:
        """Return the IRI that a token stands for."""
        if token.kind == "iri" and "\\" not in token.text:
            return token.text[1:-1]
        prefix, colon, local = token.text.partition(":")
        if token.kind != "name" or not colon or prefix not in self.prefixes or "\\" in local:
            raise InexpressibleError
        return self.prefixes[prefix] + local

    def path(self) -> Path:
        """Read a property path."""
        parts = [self._sequence()]
        while self.says("|"):
            self.take()
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _sequence(self) -> Path:
        parts = [self._step()]
        while self.says("/"):
            self.take()
            parts.append(self._step())
        return parts[0] if len(parts) == 1 else Sequential(tuple(parts))

    def _step(self) -> Path:
        backwards = self.says("^")
        if backwards:
            self.take()
        path = self._primary()
        for mark in ("*", "+", "?"):
            if self.says(mark):
                self.take()
                path = Repeated(path, mark)
                break
        return path.inverse() if backwards else path

    def _primary(self) -> Path:
        token = self.take()
        if token.says("("):
            path = self.path()
            self.take(")")
            return path
        if token.kind == "word" and token.text == "a":
            return Step(str(RDF.type))
        if token.kind == "variable" and token.text[1:] == "PATH" and self.property_path is not None:
            return self.property_path
        return Step(self.iri(token))


def variable(token: Token) -> str:
    """Write a variable with a question mark."""
    return f"?{token.text[1:]}"


def written(token: Token, prefixes: Mapping[str, str]) -> str:
    """Write a token so that it means the same without prefixes."""
    if token.kind == "variable":
        return variable(token)
    if token.kind == "name":
        return f"<{Reader([], prefixes, None).iri(token)}>"
    return token.text
