"""What the things in an answer rest on: for each its evidence, with source and place in it."""

from collections.abc import Iterable
from dataclasses import dataclass

from rdflib.term import Node

from diplograph import sparql
from diplograph.engine.protocol import Engine
from diplograph.resources import known
from diplograph.sparql import Row
from diplograph.vocab import PREFIXES, short

_TEXT = f"""PREFIX dg: <{PREFIXES["dg"]}>
PREFIX oa: <{PREFIXES["oa"]}>
PREFIX schema: <{PREFIXES["schema"]}>
SELECT ?thing ?document ?start ?end ?certainty ?sha256 ?evidence ?target WHERE {{
  $VALUES
  ?thing dg:evidence ?evidence .
  ?evidence oa:hasTarget ?target .
  OPTIONAL {{ ?evidence dg:certainty ?certainty }}
  OPTIONAL {{ ?target schema:sha256 ?sha256 }}
  OPTIONAL {{ ?target oa:hasSelector ?selector . ?selector oa:start ?start ; oa:end ?end }}
  OPTIONAL {{ ?target oa:hasSource ?source }}
  BIND(COALESCE(?source, ?target) AS ?document)
}}
ORDER BY ?thing ?document ?start ?evidence"""


@dataclass(frozen=True, slots=True)
class Ground:
    """One piece of evidence for a thing: IRIs, and the passage in code points where there is one.

    `target` is what the evidence points to: a span of the document, or the document as a whole.
    """

    thing: str
    evidence: str
    target: str
    document: str
    start: int | None = None
    end: int | None = None
    certainty: str = ""
    sha256: str = ""

    @property
    def place(self) -> str:
        """Document and passage in few characters: `doc:a1 120–245`."""
        name = short(self.document)
        return name if self.start is None else f"{name} {self.start}–{self.end}"

    @property
    def address(self) -> str:
        """The document, or the passage in it as a range of characters (RFC 5147)."""
        return self.document if self.start is None else f"{self.document}#char={self.start},{self.end}"


def text(things: Iterable[str]) -> str:
    """The query for the evidence of some things, by their IRIs."""
    return _TEXT.replace("$VALUES", sparql.values("thing", things))


def grounds(engine: Engine, things: Iterable[str]) -> list[Ground]:
    """The evidence of some things, by their IRIs, in the order of thing, document and passage."""
    found = [row for batch in known.batches(things) for row in sparql.select(engine, text(batch)).rows]
    return [_ground(row) for row in found]


def _ground(row: Row) -> Ground:
    return Ground(
        thing=str(row["thing"]),
        evidence=str(row["evidence"]),
        target=str(row["target"]),
        document=str(row["document"]),
        start=_number(row.get("start")),
        end=_number(row.get("end")),
        certainty=str(row.get("certainty", "")),
        sha256=str(row.get("sha256", "")),
    )


def _number(term: Node | None) -> int | None:
    return int(str(term)) if term is not None else None
