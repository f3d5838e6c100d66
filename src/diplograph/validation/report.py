"""Validation report as values: findings, their JSON, and what changed against another report."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal

Severity = Literal["violation", "warning", "info"]
Change = Literal["new", "repaired", "standing"]
SEVERITIES: tuple[Severity, ...] = ("violation", "warning", "info")


@dataclass(frozen=True, slots=True)
class Edit:
    """The text that replaces a range of the file; lines and columns (code points) count from one.

    The range ends before `end_line`:`end_column`; where it is empty, the text is inserted.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A proposed mend of a finding: edits to its file, made together; `safe` when no meaning changes.

    `diff` shows them as a unified diff of a few lines, without its head.
    """

    title: str
    edits: tuple[Edit, ...]
    safe: bool
    diff: str = ""

    @classmethod
    def from_dict(cls, members: Mapping[str, Any]) -> "Fix":
        """Return the fix whose members a report's JSON holds."""
        made = tuple(Edit(**edit) for edit in members["edits"])
        return cls(members["title"], made, members["safe"], members.get("diff", ""))


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a shape or a check objects to.

    `shape`, `component`, `focus` and `path` are IRIs; a path of several steps is SPARQL path text, a blank
    node `_:name`. `value` is an IRI or a literal in N-Triples. Lines and columns (code points) count from
    one, and the end is excluded.
    """

    severity: Severity
    shape: str
    component: str
    focus: str | None
    path: str | None
    value: str | None
    message: str
    cure: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    change: Change = "new"
    fix: Fix | None = None
    end_line: int | None = None
    end_column: int | None = None

    @classmethod
    def from_dict(cls, members: Mapping[str, Any]) -> "Finding":
        """Return the finding whose members a report's JSON holds."""
        fix = members.get("fix")
        return cls(**{**members, "fix": Fix.from_dict(fix) if fix else None})

    @property
    def key(self) -> tuple[str | None, ...]:
        """What makes two findings of two reports the same."""
        return (self.shape, self.component, self.focus, self.path, self.value)

    @property
    def rank(self) -> tuple[object, ...]:
        """The order in a report: the gravest first, then by shape and focus."""
        return (SEVERITIES.index(self.severity), *(part or "" for part in self.key))


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file, whose name is None for what was pasted; line and column count from one."""

    file: str | None
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Timing:
    """What a shape cost: seconds, and how many focus nodes the queries left for pySHACL to judge."""

    seconds: float
    candidates: int


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a validation.

    `uncovered` holds the triples that no shape looks at, in N-Triples, and `uncovered_at` where each stands,
    if known; `omitted` and `uncovered_omitted` count the findings and the uncovered triples left out at a
    cap, `consequences` those of both that are left out since they only follow from a name that nothing
    defines. No part of the JSON: `labels` (IRI → label) serves readable output, `more` (shape → number) tells
    of which shapes findings were left out, `timings` what each shape cost.
    """

    conforms: bool
    release: str | None
    findings: list[Finding]
    uncovered: list[str] = field(default_factory=list)
    omitted: int = 0
    uncovered_at: list[Location | None] = field(default_factory=list)
    uncovered_omitted: int = 0
    consequences: int = 0
    labels: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    more: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)
    timings: Mapping[str, Timing] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(
        cls,
        findings: Iterable[Finding],
        uncovered: Iterable[str] = (),
        release: str | None = None,
        limit: int | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> "Report":
        """Return the report of some findings, at most `limit` of them and of uncovered triples each.

        The gravest come first.
        Data conforms when it breaks nothing of severity violation and no triple is uncovered; what is
        repaired does not count.
        """
        ordered = sorted(findings, key=lambda finding: finding.rank)
        bare = sorted(uncovered)
        broken = any(f.severity == "violation" and f.change != "repaired" for f in ordered)
        kept, shown = ordered[:limit], bare[:limit]
        return cls(
            not (broken or bare),
            release,
            kept,
            shown,
            len(ordered) - len(kept),
            labels=labels or {},
            uncovered_omitted=len(bare) - len(shown),
        )

    def revised(
        self, findings: Iterable[Finding], release: str | None = None, limit: int | None = None
    ) -> "Report":
        """Return the report with other findings, at most `limit` of each; places are to be found anew."""
        made = Report.of(findings, self.uncovered, release, limit, self.labels)
        return replace(made, consequences=self.consequences, timings=self.timings)

    @classmethod
    def from_json(cls, document: str | Mapping[str, Any]) -> "Report":
        """Return the report that `to_json` wrote."""
        members = json.loads(document) if isinstance(document, str) else document
        return cls(
            conforms=members["conforms"],
            release=members["release"],
            findings=[Finding.from_dict(finding) for finding in members["findings"]],
            uncovered=list(members["uncovered"]),
            omitted=members["omitted"],
            uncovered_omitted=members.get("uncovered_omitted", 0),
            consequences=members.get("consequences", 0),
            labels=members.get("labels", {}),
            uncovered_at=[place and Location(**place) for place in members.get("uncovered_at", ())],
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the members of the JSON document."""
        members = {f.name: getattr(self, f.name) for f in fields(self) if f.compare}
        places = [place and asdict(place) for place in self.uncovered_at]
        return members | {"findings": [asdict(f) for f in self.findings], "uncovered_at": places}

    def to_json(self) -> str:
        """Return the JSON document."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2)

    def of_severity(self, severity: Severity) -> list[Finding]:
        """Return the findings of a severity that are not repaired."""
        return [f for f in self.findings if f.severity == severity and f.change != "repaired"]

    def names(self) -> dict[str, str]:
        """Return the labels of what the findings name."""
        terms = {term for f in self.findings for term in (f.focus, f.value, f.shape) if term}
        return {term: self.labels[term] for term in sorted(terms) if term in self.labels}

    def by_shape(self) -> dict[str, list[Finding]]:
        """Return the findings by shape, the shapes with the gravest first."""
        groups: dict[str, list[Finding]] = {}
        for finding in self.findings:
            groups.setdefault(finding.shape, []).append(finding)
        return groups

    def shortened(self, per_shape: int) -> "Report":
        """Return the report with at most so many findings of each shape; `more` counts the others."""
        groups = self.by_shape()
        more = {shape: len(found) - per_shape for shape, found in groups.items() if len(found) > per_shape}
        kept = [finding for found in groups.values() for finding in found[:per_shape]]
        return replace(self, findings=kept, more=more, omitted=self.omitted + sum(more.values()))


def compared(found: Iterable[Finding], standing: Iterable[Finding]) -> list[Finding]:
    """Return the findings with their change against those that stood before, the repaired ones included."""
    before = {finding.key: finding for finding in standing if finding.change != "repaired"}
    now = {finding.key: finding for finding in found}
    judged = [replace(f, change="standing" if key in before else "new") for key, f in now.items()]
    return judged + [replace(f, change="repaired") for key, f in before.items() if key not in now]
