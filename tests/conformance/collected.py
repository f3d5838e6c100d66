"""The cases of the suite as parameters of the tests, dataset by dataset."""

from collections.abc import Callable
from functools import cache

import pytest

from conformance import manifest
from conformance.exclusions import DIFFERENT, exclusion
from conformance.manifest import Case, Data

ABSENT = "the W3C test suites are not at hand: set DIPLOGRAPH_W3C to their folder"
EVALUATED = {"QueryEvaluationTest", "CSVResultFormatTest"}


@cache
def every_case() -> list[Case]:
    """The whole suite; nothing when it is absent."""
    folder = manifest.suite()
    return manifest.read(folder) if folder else []


def to_run(*kinds: str) -> list[object]:
    """The cases of some kinds that are not excluded, as parameters; one that is skipped without the suite."""
    return parameters(lambda case: case.kind in kinds and exclusion(case) is None)


def parameters(wanted: Callable[[Case], bool]) -> list[object]:
    """Some cases as parameters, those of a dataset beside each other."""
    if not every_case():
        return [pytest.param(None, marks=pytest.mark.skip(reason=ABSENT), id="absent")]
    chosen = [case for case in every_case() if wanted(case)]
    first = {served(case).key: number for number, case in reversed(list(enumerate(chosen)))}
    return [_parameter(case) for case in sorted(chosen, key=lambda case: first[served(case).key])]


def served(case: Case) -> Data:
    """What the service holds that a case is put to: its data, or what all cases of the protocol ask for."""
    return case.data if case.kind in EVALUATED and exclusion(case) is None else protocol_data()


@cache
def protocol_data() -> Data:
    """The named graphs that the cases of the protocol ask for."""
    graphs = {graph for case in every_case() if case.kind == "ProtocolTest" for graph in case.data.named}
    return Data(named=tuple(sorted(graphs)))


def _parameter(case: Case) -> object:
    reason = DIFFERENT.get(case.name)
    marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
    return pytest.param(case, id=case.name, marks=marks)
