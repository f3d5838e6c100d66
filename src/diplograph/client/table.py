"""The solutions of a query as a table: rows of terms, or a data frame with typed columns."""

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any

from rdflib import URIRef
from rdflib.term import Node

from diplograph import sparql
from diplograph.client.columns import Column, Kind
from diplograph.vocab import short as prefixed

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

PANDAS: Mapping[Kind, str] = MappingProxyType(
    {
        "integer": "Int64",
        "number": "Float64",
        "boolean": "boolean",
        "day": "datetime64[s]",
        "instant": "datetime64[us, UTC]",
        "local time": "datetime64[us]",
        "duration": "timedelta64[us]",
        "text": "string",
    }
)
POLARS: Mapping[Kind, str] = MappingProxyType(
    {
        "integer": "Int64",
        "number": "Float64",
        "boolean": "Boolean",
        "day": "Date",
        "duration": "Duration",
        "text": "String",
    }
)


@dataclass(frozen=True)
class Table:
    """Solutions in their order.

    `rows` hold rdflib terms by variable, without the unbound ones; `release` names what they are cited by;
    `complete` is False when a limit that was asked for left rows out.
    """

    variables: tuple[str, ...]
    rows: list[Mapping[str, Node]]
    release: str
    complete: bool = True

    @classmethod
    def read(cls, body: bytes, release: str, *, complete: bool = True) -> "Table":
        """Read SPARQL 1.1 results in JSON."""
        found = sparql.solutions(body)
        return cls(found.variables, list(found.rows), release, complete)

    def __len__(self) -> int:
        """Count the solutions."""
        return len(self.rows)

    def __iter__(self) -> Iterator[Mapping[str, Node]]:
        """Yield the solutions."""
        return iter(self.rows)

    def columns(self, *, short: bool = False) -> list[Column]:
        """Return the columns by the XSD types of their values; LexicalFormWarning for bad lexical forms.

        With `short`, IRIs that one of our prefixes stands for are written as prefixed names (`state:japan`).
        """
        rows = [_shortened(row) for row in self.rows] if short else self.rows
        return [Column.of(name, [row.get(name) for row in rows]) for name in self.variables]

    def to_pandas(self, *, short: bool = False) -> "pd.DataFrame":
        """Return a pandas data frame of the `columns`; needs the extra `notebook`."""
        pandas = _library("pandas")
        columns = self.columns(short=short)
        series = {c.name: pandas.Series(c.values, dtype=PANDAS[c.kind]) for c in columns}
        frame: pd.DataFrame = pandas.DataFrame(series, columns=list(self.variables))
        return frame

    def to_polars(self, *, short: bool = False) -> "pl.DataFrame":
        """Return a polars data frame of the `columns`; needs the extra `notebook`."""
        polars = _library("polars")
        columns = self.columns(short=short)
        series = [polars.Series(c.name, c.values, dtype=_polars_type(polars, c.kind)) for c in columns]
        frame: pl.DataFrame = polars.DataFrame(series)
        return frame


def _shortened(row: Mapping[str, Node]) -> dict[str, Node]:
    return {n: URIRef(prefixed(str(t))) if isinstance(t, URIRef) else t for n, t in row.items()}


def _polars_type(polars: ModuleType, kind: Kind) -> Any:
    if kind in POLARS:
        return getattr(polars, POLARS[kind])
    return polars.Datetime("us", "UTC" if kind == "instant" else None)


def _library(name: str) -> ModuleType:
    """Import a library that only notebooks need; ImportError says how to get it."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ImportError(f"{name} is not installed: pip install 'diplograph[notebook]'") from error
