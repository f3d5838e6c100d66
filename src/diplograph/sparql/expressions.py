"""Expressions, paths and solution modifiers of SPARQL 1.1, read token by token."""

from dataclasses import dataclass

from diplograph.sparql.lexer import Token

AGGREGATES = ("count", "sum", "min", "max", "avg", "sample", "group_concat")
FUNCTIONS = (
    *("str", "lang", "langmatches", "datatype", "bound", "iri", "uri", "bnode", "rand", "abs", "ceil"),
    *("floor", "round", "concat", "strlen", "ucase", "lcase", "encode_for_uri", "contains", "strstarts"),
    *("strends", "strbefore", "strafter", "year", "month", "day", "hours", "minutes", "seconds", "timezone"),
    *("tz", "now", "uuid", "struuid", "md5", "sha1", "sha256", "sha384", "sha512", "coalesce", "if"),
    *("strlang", "strdt", "sameterm", "isiri", "isuri", "isblank", "isliteral", "isnumeric", "regex"),
    *("substr", "replace", "triple", "subject", "predicate", "object", "istriple", "adjust"),
)
_COMPARISONS = ("=", "!=", "<", ">", "<=", ">=")
_OPERAND = "a variable, a literal, an IRI or a function"


class Stuck(Exception):  # noqa: N818 - the state of a reader, and never an error of ours
    """The token at which a text stops being a query; None for its end."""

    def __init__(self, expected: str, token: Token | None, before: tuple[Token, ...]) -> None:
        """Say what could stand there, and the three tokens that stand before it."""
        super().__init__(expected)
        self.expected = expected
        self.token = token
        self.before = before


@dataclass(slots=True)
class TokenReader:
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


@dataclass(slots=True)
class Expressions(TokenReader):
    """Reads expressions; `group` is the business of who reads patterns."""

    def group(self) -> None:
        """Read a group of patterns."""
        raise NotImplementedError

    def expression_as(self) -> None:
        """Read `(expression AS ?name)`."""
        self.mark("(")
        self.expression()
        if not self.says("as"):
            raise self.stuck("AS ?name")
        self.advance()
        self.of_kind("a variable", "variable")
        self.mark(")")

    def expression(self) -> None:
        """Read operands and the operators between them, precedence aside."""
        self._unary()
        while self.says("||", "&&", *_COMPARISONS, "+", "-", "*", "/", "in", "not"):
            if self.says("not"):
                self.advance()
                self.word("in")
                self._arguments()
            elif self.says("in"):
                self.advance()
                self._arguments()
            else:
                self.advance()
                self._unary()

    def constraint(self) -> None:
        """Read what FILTER, HAVING and conditions take: something in brackets, or a call."""
        if self.says("("):
            self.advance()
            self.expression()
            self.mark(")")
        elif self.is_kind("word", "iri", "name"):
            self._unary()
        else:
            raise self.stuck("a condition in brackets or a function")

    def term(self, expected: str, *kinds: str) -> None:
        """Read a term of some kinds, with the sign of a number, and the language or datatype of a string."""
        if self.says("true", "false"):
            self.advance()
            return
        if self.says("+", "-"):
            self.advance()
            self.of_kind("a number", "number")
            return
        is_string = self.is_kind("string")
        self.of_kind(expected, *kinds)
        if is_string and self.is_kind("language"):
            self.advance()
        elif is_string and self.says("^^"):
            self.advance()
            self.of_kind("the IRI of a datatype", "iri", "name")

    def path(self) -> None:
        """Read a property path."""
        self._path_element()
        while self.says("/", "|"):
            self.advance()
            self._path_element()

    def solution_modifiers(self) -> None:
        """Read GROUP BY, HAVING, ORDER BY, LIMIT and OFFSET, in this order."""
        if self.says("group"):
            self._by()
            self._conditions("a variable or (expression)")
        if self.says("having"):
            self.advance()
            self.constraint()
            while self.says("(") or self.is_kind("iri", "name"):
                self.constraint()
        if self.says("order"):
            self._by()
            self._conditions("a variable, ASC(…) or DESC(…)")
        while self.says("limit", "offset"):
            self.advance()
            self.of_kind("a whole number", "number")

    def _by(self) -> None:
        self.advance()
        self.word("by")

    def _conditions(self, expected: str) -> None:
        count = 0
        while not self.says("having", "order", "limit", "offset", "values", "}") and self.token is not None:
            count += 1
            if self.is_kind("variable"):
                self.advance()
            elif self.says("asc", "desc"):
                self.advance()
                self.constraint()
            elif self.says("("):
                self._bracketed()
            elif self.is_kind("word", "iri", "name"):
                self._unary()
            else:
                raise self.stuck(expected)
        if not count:
            raise self.stuck(expected)

    def _bracketed(self) -> None:
        self.mark("(")
        self.expression()
        if self.says("as"):
            self.advance()
            self.of_kind("a variable", "variable")
        self.mark(")")

    def _unary(self) -> None:
        while self.says("!", "+", "-"):
            self.advance()
        if self.says("("):
            self.advance()
            self.expression()
            self.mark(")")
        elif self.says("exists", "not"):
            if self.word("exists", "not") == "not":
                self.word("exists")
            self.group()
        elif self.is_kind("word") and not self.says("true", "false"):
            self._call()
        else:
            is_name = self.is_kind("iri", "name")
            self.term(_OPERAND, "variable", "iri", "name", "string", "number")
            if is_name and self.says("("):
                self._arguments()

    def _call(self) -> None:
        if self.says(*AGGREGATES):
            self._aggregate()
        elif self.says(*FUNCTIONS):
            self.advance()
            self._arguments()
        else:
            raise self.stuck(_OPERAND)

    def _aggregate(self) -> None:
        self.advance()
        self.mark("(")
        if self.says("distinct"):
            self.advance()
        if self.says("*"):
            self.advance()
        else:
            self.expression()
        if self.says(";"):
            self.advance()
            self.word("separator")
            self.mark("=")
            self.of_kind("a string", "string")
        self.mark(")")

    def _arguments(self) -> None:
        self.mark("(")
        if self.says("distinct"):
            self.advance()
        if not self.says(")"):
            self.expression()
            while self.says(","):
                self.advance()
                self.expression()
        self.mark(")")

    def _path_element(self) -> None:
        if self.says("^"):
            self.advance()
        self._path_primary()
        if self.says("?", "*", "+"):
            self.advance()

    def _path_primary(self) -> None:
        if self.says("a"):
            self.advance()
        elif self.says("("):
            self.advance()
            self.path()
            self.mark(")")
        elif self.says("!"):
            self.advance()
            if self.says("("):
                self.advance()
                if not self.says(")"):
                    self.path()
                self.mark(")")
            else:
                self._path_element()
        else:
            self.of_kind("a property: an IRI, a variable, `a` or a path", "iri", "name")
