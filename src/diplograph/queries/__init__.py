"""Canned queries: a header that says what is asked, typed parameters, and a text that runs anywhere.

Every parameter `p` has at least one clause `VALUES ?p { … }` in the text. Binding replaces what stands
between its braces with terms in their own serialisation, so no text of a caller ever becomes SPARQL.
An optional parameter that is left out takes its clause with it.

No two rows of an answer have the same values in the columns that the header calls `key`.

The text is what the question comes to and no more. The evidence of the rows is not its matter: whoever
answers adds it, from the columns that the header calls `statements` (`documents.provenance`).
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from diplograph.errors import BuildFailed
from diplograph.queries.canned import CannedQuery
from diplograph.queries.parameters import Option, Parameter
from diplograph.sparql.header import HeaderError

__all__ = ["CannedQuery", "Option", "Parameter", "QueryBook"]


class QueryBook(Mapping[str, CannedQuery]):
    """Every query of a folder under the name of its file, in the order of the names."""

    def __init__(self, queries: Mapping[str, CannedQuery]) -> None:
        self._queries = dict(sorted(queries.items()))

    @classmethod
    def read(cls, folder: Path) -> "QueryBook":
        """Reads every `.rq` file of a folder, as `of_files` does; a folder that is not there holds none."""
        return cls.of_files(sorted(folder.glob("*.rq")))

    @classmethod
    def of_files(cls, files: Iterable[Path]) -> "QueryBook":
        """Reads some files.

        Raises BuildFailed with a line `file:line: what is wrong` for each header that cannot be used.
        """
        queries: dict[str, CannedQuery] = {}
        problems: list[str] = []
        for path in files:
            try:
                queries[path.stem] = CannedQuery.read(path)
            except HeaderError as error:
                problems.append(f"{path}:{error.line}: {error.detail}")
        if problems:
            raise BuildFailed("Canned queries with a header that cannot be used.", problems=problems)
        return cls(queries)

    def __getitem__(self, name: str) -> CannedQuery:
        return self._queries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._queries)

    def __len__(self) -> int:
        return len(self._queries)
