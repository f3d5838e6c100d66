"""A place among the tokens of a query, and what was expected there."""

from dataclasses import dataclass

from diplograph.engine.lexer import Token


class Stuck(Exception):  # noqa: N818 - the state of a reader, and never an error of ours
    """The token at which a text stops being a query; None for its end."""

    def __init__(self, expected: str, token: Token | None, before: tuple[Token, ...]) -> None:
        """Say what could stand there, and the three tokens that stand before it."""
        super().__init__(expected)
        self.expected = expected
        self.token = token
        self.before = before


@dataclass(slots=True)
class Reader:
    """Tokens, read from the front."""

    tokens: list[Token]
    at: int = 0

    @property
    def token(self) -> Token | None:
        """The token to be read next, None at the end."""
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def says(self, *words: str) -> bool:
        """Tell whether the next token is one of some words or marks, given in lower case."""
        return self.token is not None and self.token.says(*words)

    def is_kind(self, *kinds: str) -> bool:
        """Tell whether the next token is of one of some kinds."""
        return self.token is not None and self.token.kind in kinds

    def advance(self) -> None:
        """Pass the next token."""
        self.at += 1

    def stuck(self, expected: str) -> Stuck:
        """Return the error that the next token cannot stand here."""
        before = tuple(self.tokens[max(0, self.at - 3) : self.at])
        return Stuck(expected, self.token, before)

    def mark(self, mark: str) -> None:
        """Pass a mark that has to be there."""
        if not self.says(mark):
            raise self.stuck(mark)
        self.advance()

    def word(self, *words: str) -> str:
        """Pass one of some words, and return it in lower case."""
        token = self.token
        if token is None or not token.says(*words):
            raise self.stuck(" or ".join(word.upper() for word in words))
        self.advance()
        return token.text.lower()

    def of_kind(self, expected: str, *kinds: str) -> None:
        """Pass a token of one of some kinds."""
        if not self.is_kind(*kinds):
            raise self.stuck(expected)
        self.advance()
