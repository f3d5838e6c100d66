"""Cases that are not run, each with its reason; the tests hold that none of them is stale."""

from dataclasses import dataclass
from fnmatch import fnmatch

from conformance.manifest import Case

UPDATES = "the endpoint only reads: the graph is changed by files, checked against the shapes"
FEDERATION = "a public endpoint does not fetch from other hosts for strangers: SERVICE is refused"
REGIMES = "the endpoint answers under simple entailment; what follows from the ontology is in the data"
BY_PATH = (
    "a graph is named by the parameter `graph` alone: paths below /graphs name none, and writing there is 405"
)
TO_DEFAULT = (
    "the default graph is the merge of the named ones: what is written to it would belong to no file; 405"
)
ANY_NAME = (
    "its two names differ by a percent sign, and a graph of a knowledge base has a name of a-z, 0-9 and -"
)
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
    Exclusion("graph-store-protocol#*_direct", "GraphStoreProtocolTest", 4, BY_PATH),
    Exclusion("graph-store-protocol#put_get_default", "GraphStoreProtocolTest", 1, TO_DEFAULT),
    Exclusion("graph-store-protocol#put_get_uri_pct_encoded_twice", "GraphStoreProtocolTest", 1, ANY_NAME),
    Exclusion("http-rdf-update#*", "GraphStoreProtocolTest", 18, DEPRECATED),
)

# Cases that are run and whose result must differ; one that passes is stale and fails.
LANGUAGE = "Oxigraph keeps the language that all the strings share, where the result is a plain string"
SCOPE = "Oxigraph takes the variable of GRAPH into the group, where it is joined with it afterwards"
ZERO = "Oxigraph 0.5 gives no path of length zero for a term that no triple of the graph has"
BNODE = "Oxigraph gives BNODE(string) one node for a string in all solutions, not one in each"
FUNCTION = "Oxigraph refuses a query that calls a function it does not know; only the call should fail"
DIFFERENT = {
    "aggregates#agg-groupconcat-04": LANGUAGE,
    "aggregates#agg-groupconcat-06": LANGUAGE,
    "aggregates#agg-empty-group-count-graph": SCOPE,
    "bindings#graph": SCOPE,
    "negation#graph-minus": SCOPE,
    "property-path#zero_or_more_set_start": ZERO,
    "property-path#zero_or_more_set_end": ZERO,
    "property-path#zero_or_one_set_start": ZERO,
    "property-path#zero_or_one_set_end": ZERO,
    "functions#bnode01": BNODE,
    "syntax-query#test_4": FUNCTION,
}

# Cases whose result has the expected values in other spellings, because the store keeps values and not the
# lexical forms of numbers and booleans ("1.0"^^xsd:decimal comes back as "1"), and types derived from
# xsd:integer as xsd:integer. One that has the expected spellings is stale and fails.
RESPELT = {
    *(f"aggregates#agg-{name}" for name in ("sum-02", "avg-02", "min-01", "min-02", "max-01", "max-02")),
    *(f"aggregates#agg-{name}" for name in ("err-02", "max-distinct", "min-distinct")),
    *(f"cast#cast-{name}" for name in ("bool", "int", "float", "double", "decimal", "string")),
    *("csv-tsv-res#csv03", "csv-tsv-res#tsv03"),
    *("functions#plus-1-corrected", "functions#plus-2-corrected", "functions#coalesce01"),
}


def exclusion(case: Case) -> Exclusion | None:
    """Why a case is not run, or None."""
    return next((entry for entry in EXCLUDED if entry.covers(case)), None)
