"""What is asked: canned queries with their examples, an analytic mix, look-ups, a mixture of reads."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph

from benchmarks.dataset import TIMEOUT, Dataset
from benchmarks.servers.base import Server
from benchmarks.servers.diplograph import Diplograph
from diplograph.namespaces import DG
from diplograph.queries import CannedQuery, QueryBook

QUERIES = Path(__file__).parent / "queries"
LIMIT = 1000
STAND_INS = {
    "japan": "state-1",
    "russia": "state-2",
    "fumio-kishida": "person-1-0",
    "islands-1": "place-1",
    "russia-expels-eight-japanese-2022-04": "a2-1",
    "japan-additional-sanctions-2022-10": "a3-2",
}
"""The example values of the canned queries name curated things; these generated ones take their place."""


@dataclass(frozen=True, slots=True)
class Question:
    """One query, with the wording that a system needs where it needs another.

    `columns` are those that answers are compared by, where a wording has fewer than the query; else all.
    `whole` is the text without any limit.
    """

    name: str
    text: str
    canned: str | None = None
    parameters: dict[str, list[str]] = field(default_factory=dict)
    wordings: dict[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    whole: str = ""

    def target(self, server: Server, number: int | None = None) -> str:
        """The request to a system; a number makes it one that was not asked before, for any cache."""
        if self.canned is not None and isinstance(server, Diplograph):
            fresh = "" if number is None else f"&_timeout={TIMEOUT - (number + 1) / 1e6:.6f}"
            return server.canned(self.canned, self.parameters, LIMIT) + fresh
        text = self.wordings.get(server.name, self.text)
        return server.request(text if number is None else f"{text}\n# {number}\n")


def canned(folder: Path) -> list[Question]:
    """Every canned query: with its defaults alone, and with the example of each parameter by itself."""
    asked = []
    for query in QueryBook.read(folder).values():
        defaults = _stood_in({p.name: p.default for p in query.parameters.values() if p.default})
        asked.append(_canned(query.name, query, defaults))
        for name, values in _stood_in(query.example_values()).items():
            if defaults.get(name) != values:
                asked.append(_canned(f"{query.name}&{name}", query, defaults | {name: values}))
    return asked


def inferred_pairs(folder: Path) -> Question:
    """Reciprocal expulsions, with only the pairs that the rule found; every system takes the same text."""
    query = QueryBook.read(folder)["reciprocal-expulsions"]
    return _canned(f"{query.name}&only", query, {"only": ["inferred"]})


def _canned(name: str, query: CannedQuery, parameters: dict[str, list[str]]) -> Question:
    text = f"{query.bind(parameters).rstrip()}\nLIMIT {LIMIT}"
    return Question(name, text, query.name, parameters, columns=query.variables, whole=query.bind(parameters))


def _stood_in(raw: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {name: [stand_in(value) for value in values] for name, values in raw.items()}


def stand_in(value: str) -> str:
    """A generated thing in place of a curated one; any other value stays."""
    head, slash, slug = value.rpartition("/")
    return f"{head}{slash}{STAND_INS.get(slug, slug)}"


def written(folder: str) -> list[Question]:
    """The queries of a folder here; `NAME.SYSTEM.rq` is the wording for one system."""
    found = []
    for path in sorted((QUERIES / folder).glob("*.rq")):
        if "." not in path.stem:
            others = {other.stem.split(".")[1]: other for other in path.parent.glob(f"{path.stem}.*.rq")}
            wordings = {system: other.read_text(encoding="utf-8") for system, other in others.items()}
            found.append(Question(path.stem, path.read_text(encoding="utf-8"), wordings=wordings))
    return found


def acts(dataset: Dataset) -> list[str]:
    """The IRIs of the acts of a dataset, in a fixed but mixed order."""
    store = pyoxigraph.Store.read_only(str(dataset.release.store_path))
    rows = store.query(f"SELECT ?act WHERE {{ ?act a <{DG.Act}> }}")
    found = sorted(str(row["act"].value) for row in rows)  # type: ignore[union-attr]
    random.Random(1).shuffle(found)  # noqa: S311 - repeatable numbers, nothing secret
    return found


def look_up(iri: str) -> str:
    """Everything that is said of one thing."""
    return f"SELECT ?property ?value WHERE {{ <{iri}> ?property ?value }}"


def repeated(state: int) -> str:
    """A read that is asked again and again: some twenty rows of some four kilobytes."""
    return (
        f"PREFIX dg: <{DG}>\nPREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
        "SELECT ?act ?label WHERE { ?act a dg:Expulsion ; dg:actor "
        f"<https://w3id.org/diplograph/id/state/state-{state}> ; rdfs:label ?label }} ORDER BY ?act LIMIT 20"
    )


def mixture(things: Sequence[str], many: int, start: int) -> list[str]:
    """Reads as visitors make them: 60 % look-ups, 25 % of ten popular queries, 15 % answers to an act."""
    chance = random.Random(start)  # noqa: S311 - repeatable numbers, nothing secret
    found = []
    for number in range(many):
        thing = things[(start * many + number) % len(things)]
        draw = chance.random()
        if draw < 0.60:
            found.append(f"{look_up(thing)} # {start}-{number}")
        elif draw < 0.85:
            found.append(repeated(1 + chance.randrange(10)))
        else:
            found.append(_surroundings(thing, f"{start}-{number}"))
    return found


def _surroundings(thing: str, mark: str) -> str:
    return (
        f"PREFIX dg: <{DG}>\nPREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
        f"SELECT ?actor ?label ?other ?otherLabel WHERE {{ <{thing}> dg:actor ?actor ; dg:target ?target . "
        "?other a dg:Expulsion ; dg:actor ?target ; dg:target ?actor ; rdfs:label ?otherLabel . "
        f"?actor rdfs:label ?label FILTER(LANG(?label) = 'en') }} LIMIT 50\n# {mark}"
    )
