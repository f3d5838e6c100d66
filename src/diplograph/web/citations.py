"""An answer as a source: query, parameters and release, as CSL-JSON and as BibTeX."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from diplograph.queries import CannedQuery
from diplograph.release import Release

CSL = "application/vnd.citationstyles.csl+json"
AUTHOR = "The diplograph authors"
PUBLISHER = "diplograph, a knowledge graph of diplomatic acts"
LATEX: Mapping[int, str] = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        '"': r"\textquotedbl{}",
        **{character: f"\\{character}" for character in "%&#_$"},
        **dict.fromkeys("\r\n\t", " "),
    }
)


@dataclass(frozen=True, slots=True)
class Citation:
    """What a canned query answered on one release.

    `values` are the parameters that were given, `text` is the query with them in it, `address` the absolute
    address that gives the same answer as long as the release is kept.
    """

    query: CannedQuery
    values: Mapping[str, Sequence[str]]
    text: str
    release: Release
    address: str

    @property
    def key(self) -> str:
        """A name for the entry: the same query with the same values on the same release has the same."""
        digest = hashlib.sha256(f"{self.release.id} {self.text}".encode()).hexdigest()
        return f"diplograph-{self.query.name}-{digest[:8]}"

    @property
    def day(self) -> date:
        """The day the release was first built."""
        return datetime.fromisoformat(str(self.release.manifest["created"])).date()

    @property
    def note(self) -> str:
        """Query, parameters and the hash of the text that was asked."""
        given = "; ".join(f"{name} = {', '.join(values)}" for name, values in self.values.items())
        digest = hashlib.sha256(self.text.encode()).hexdigest()
        return f"Canned query {self.query.name}; {given or 'no parameters'}; SHA-256 of its text {digest}"

    def csl(self) -> dict[str, object]:
        """The entry in CSL-JSON (citationstyles.org, schema 1.0.2)."""
        return {
            "id": self.key,
            "type": "dataset",
            "title": self.query.summary,
            "author": [{"literal": AUTHOR}],
            "issued": {"date-parts": [[self.day.year, self.day.month, self.day.day]]},
            "publisher": PUBLISHER,
            "version": self.release.name,
            "URL": self.address,
            "note": self.note,
        }

    def bibtex(self) -> str:
        """The entry in BibTeX, every character of its fields kept."""
        fields = {
            "author": f"{{{latex(AUTHOR)}}}",
            "title": f"{{{latex(self.query.summary)}}}",
            "year": str(self.day.year),
            "month": str(self.day.month),
            "howpublished": latex(f"{PUBLISHER}, release {self.release.name}"),
            "url": self.address,
            "note": latex(self.note),
        }
        lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
        return f"@misc{{{self.key},\n{lines}}}\n"


def latex(text: str) -> str:
    """Text as LaTeX sets it, with nothing that opens or closes a group of its own."""
    return text.translate(LATEX)
