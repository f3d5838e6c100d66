"""What is imported costs time at each start: nothing is that the start does not need."""

import subprocess
import sys

import pytest

IMPORTED = "import importlib, sys; importlib.import_module(sys.argv[1]); print(*sys.modules)"


@pytest.mark.parametrize(
    ("module", "not_needed"),
    [
        ("diplograph", {"rdflib", "pyoxigraph", "flask"}),
        ("diplograph.cli", {"rdflib", "pyoxigraph", "flask", "rich"}),
        ("diplograph.cli.serve", {"rdflib", "pyoxigraph", "flask", "diplograph.release.builder"}),
        (
            "diplograph.web",
            {"httpx", "rich", "pyshacl", "diplograph.validation.shacl", "diplograph.release.builder"},
        ),
    ],
)
def test_module_is_imported_without_what_only_some_of_its_work_needs(
    module: str, not_needed: set[str]
) -> None:
    command = [sys.executable, "-c", IMPORTED, module]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()

    assert not not_needed.intersection(loaded)
