"""Cases that are not run, each with its reason; the tests hold that none of them is stale."""

from dataclasses import dataclass
from fnmatch import fnmatch

from conformance.manifest import Case

UPDATES = "the endpoint only reads: the graph is changed by files, checked against the shapes"
FEDERATION = "a public endpoint does not fetch from other hosts for strangers: SERVICE is refused"
REGIMES = "the endpoint answers under simple entailment; what follows from the ontology is in the data"
GRAPH_WRITES = "each of these writes a graph of any name first; files are served read-only"
DEPRECATED = "the W3C has deprecated these in favour of its graph-store-protocol cases"


@dataclass(frozen=True)
class Exclusion:
    """A set of cases by the pattern of their names and their kind.

    `refusal` is the status and problem type that the service answers them with, where it can be asked.
    """

    names: str
    kind: str
    count: int
    reason: str
    refusal: tuple[int, str] | None = None

    def covers(self, case: Case) -> bool:
        """Whether a case is one of these."""
        return case.kind == self.kind and fnmatch(case.name, self.names)


NO_UPDATE = (403, "update-disabled")
NO_FEDERATION = (403, "federation-disabled")

EXCLUDED = (
    Exclusion("*", "UpdateEvaluationTest", 94, UPDATES, NO_UPDATE),
    Exclusion("syntax-update-*", "PositiveUpdateSyntaxTest11", 42, UPDATES, NO_UPDATE),
    Exclusion("syntax-update-*", "NegativeUpdateSyntaxTest11", 13, UPDATES, NO_UPDATE),
    Exclusion("delete-insert#*", "NegativeSyntaxTest11", 8, UPDATES, NO_UPDATE),
    Exclusion("protocol#update_*", "ProtocolTest", 7, UPDATES, NO_UPDATE),
    Exclusion("service#*", "QueryEvaluationTest", 7, FEDERATION, NO_FEDERATION),
    Exclusion("syntax-fed#*", "PositiveSyntaxTest11", 3, FEDERATION, NO_FEDERATION),
    Exclusion("entailment#*", "QueryEvaluationTest", 70, REGIMES),
    Exclusion("graph-store-protocol#*", "GraphStoreProtocolTest", 13, GRAPH_WRITES),
    Exclusion("http-rdf-update#*", "GraphStoreProtocolTest", 18, DEPRECATED),
)

# Cases that are run and must still come out otherwise; one that passes is stale and fails.
DIFFERENT: dict[str, str] = {}


def exclusion(case: Case) -> Exclusion | None:
    """Why a case is not run, or None."""
    return next((entry for entry in EXCLUDED if entry.covers(case)), None)
