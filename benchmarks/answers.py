"""Whether two systems give the same answer: solutions as multisets of terms written in one way."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence

XSD = "http://www.w3.org/2001/XMLSchema#"
INTEGERS = {f"{XSD}{name}" for name in ("int", "long", "short", "nonNegativeInteger", "positiveInteger")}
NUMBERS = {f"{XSD}{name}" for name in ("decimal", "double", "float")}
Solutions = Counter[tuple[tuple[str, str], ...]]


def solutions(body: bytes, columns: Sequence[str] = ()) -> Solutions:
    """The solutions of SPARQL results in JSON, of some columns or of all. Raises ValueError.

    A boolean is one solution.
    """
    found = json.loads(body)
    if "boolean" in found:
        return Counter([(("boolean", str(found["boolean"]).lower()),)])
    return Counter(_solution(row, columns) for row in found["results"]["bindings"])


def _solution(row: Mapping[str, Mapping[str, str]], columns: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, term(value)) for name, value in row.items() if not columns or name in columns))


def term(value: Mapping[str, str]) -> str:
    """A term so that equal ones look equal, whichever system wrote it.

    Differences that the systems are known for do not count: Virtuoso gives booleans as integers, leaves out
    xsd:string, and every system has its own way to write a decimal.
    """
    if value["type"] == "uri":
        return f"<{value['value']}>"
    if value["type"] == "bnode":
        return "_:"
    if language := value.get("xml:lang"):
        return f'"{value["value"]}"@{language.lower()}'
    return _literal(value["value"], value.get("datatype", ""))


def _literal(text: str, datatype: str) -> str:
    if datatype == f"{XSD}boolean":
        return f'"{int(text in {"true", "1"})}"'
    if datatype in NUMBERS:
        return f'"{float(text):.6g}"'
    if datatype in {"", f"{XSD}string", f"{XSD}integer", *INTEGERS}:
        return f'"{text}"'
    return f'"{text}"^^{datatype}'
