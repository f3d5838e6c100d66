"""Where a subject stands in its file, for files in canonical form."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from diplograph.validation.report import Finding
from diplograph.vocab import PREFIXES


@dataclass(frozen=True, slots=True)
class Positions:
    """The files of a validation: the name to print and the line on which each subject's block begins."""

    lines: Mapping[str, tuple[str, int]]

    @classmethod
    def of(cls, files: Mapping[str, Path]) -> "Positions":
        """Read the files, given by the name to print; of two blocks on one subject the first counts."""
        lines: dict[str, tuple[str, int]] = {}
        for name, path in files.items():
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                if iri := _subject(line):
                    lines.setdefault(iri, (name, number))
        return cls(lines)

    def placed(self, finding: Finding) -> Finding:
        """Return the finding with file and line where its focus node begins a line by itself."""
        place = self.lines.get(finding.focus or "")
        return replace(finding, file=place[0], line=place[1], column=1) if place else finding


def _subject(line: str) -> str | None:
    """Return the IRI that begins a line in its first column: a subject, as Turtle is usually laid out."""
    if not line or line[0].isspace():
        return None
    term = line.split(maxsplit=1)[0]
    if term.startswith("<") and term.endswith(">"):
        return term[1:-1]
    prefix, colon, local = term.partition(":")
    if not colon or prefix not in PREFIXES or not local or " " in local:
        return None
    return PREFIXES[prefix] + local.replace("\\", "")
