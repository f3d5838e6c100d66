"""That every case is collected, that each exclusion holds, and that what is refused is refused."""

from collections import Counter

import pytest

from conformance.collected import EVALUATED, parameters
from conformance.exchange import exchanges
from conformance.exclusions import DIFFERENT, EXCLUDED, RESPELT, Exclusion, exclusion
from conformance.manifest import Case
from conformance.services import Service

AT_LAST_REVIEW = {
    "QueryEvaluationTest": 309,
    "CSVResultFormatTest": 3,
    "PositiveSyntaxTest11": 66,
    "NegativeSyntaxTest11": 48,
    "PositiveUpdateSyntaxTest11": 42,
    "NegativeUpdateSyntaxTest11": 13,
    "UpdateEvaluationTest": 94,
    "ProtocolTest": 34,
    "ServiceDescriptionTest": 3,
    "GraphStoreProtocolTest": 31,
}
RUN = {*EVALUATED, "PositiveSyntaxTest11", "NegativeSyntaxTest11", "ProtocolTest", "ServiceDescriptionTest"}
RUN |= {"GraphStoreProtocolTest"}
RUN_AT_LAST_REVIEW = 375


def refused(case: Case) -> bool:
    """Whether a case is excluded because the service refuses what it asks."""
    found = exclusion(case)
    return found is not None and found.refusal is not None


def test_every_case_of_the_suite_is_collected(cases: list[Case]) -> None:
    assert Counter(case.kind for case in cases) == AT_LAST_REVIEW
    assert len({case.name for case in cases}) == len(cases)


def test_every_case_that_is_not_excluded_is_run(cases: list[Case]) -> None:
    run = [case for case in cases if exclusion(case) is None]

    assert {case.kind for case in run} == RUN
    assert len(run) == RUN_AT_LAST_REVIEW


@pytest.mark.parametrize("entry", EXCLUDED, ids=lambda entry: f"{entry.kind}-{entry.names}")
def test_exclusion_covers_the_cases_it_was_made_for_and_has_its_reason(
    entry: Exclusion, cases: list[Case]
) -> None:
    assert sum(exclusion(case) == entry for case in cases) == entry.count
    assert entry.reason


def test_no_case_is_excluded_twice(cases: list[Case]) -> None:
    assert [case.name for case in cases if sum(entry.covers(case) for entry in EXCLUDED) > 1] == []


def test_differences_are_of_cases_that_are_run(cases: list[Case]) -> None:
    run = {case.name for case in cases if exclusion(case) is None}

    assert DIFFERENT.keys() | RESPELT <= run
    assert not DIFFERENT.keys() & RESPELT


@pytest.mark.slow
@pytest.mark.parametrize("case", parameters(refused))
def test_what_is_excluded_as_forbidden_is_refused(case: Case, service: Service) -> None:
    excluded = exclusion(case)
    assert excluded is not None

    if case.kind == "ProtocolTest":
        answer = exchanges(case)[0].send(service)
    else:
        update = case.query is not None and case.query.suffix == ".ru"
        kind = "application/sparql-update" if update else "application/sparql-query"
        answer = service.client.post("/sparql", content=case.text, headers={"Content-Type": kind})

    problem = answer.json()
    assert (answer.status_code, problem["type"].rpartition("/")[2]) == excluded.refusal
