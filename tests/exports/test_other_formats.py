"""What network tools and calendars read, read back by networkx and icalendar."""

import csv
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest

from diplograph import Client

nx = pytest.importorskip("networkx")
icalendar = pytest.importorskip("icalendar")
JAPAN, RUSSIA = (f"https://w3id.org/diplograph/id/state/{name}" for name in ("japan", "russia"))


@pytest.fixture
def rows(written: Callable[[str], bytes]) -> list[dict[str, str]]:
    return list(csv.DictReader(written("edges").decode().splitlines()))


@pytest.mark.parametrize("form", ["graphml", "gexf"])
def test_networkx_reads_the_edges_of_the_table(
    form: str, written: Callable[[str], bytes], rows: list[dict[str, str]]
) -> None:
    read = {"graphml": nx.read_graphml, "gexf": nx.read_gexf}[form](BytesIO(written(form)))

    assert read.is_directed()
    assert read.is_multigraph()
    assert read.nodes[JAPAN]["label"] == "Japan"
    assert (read.nodes[RUSSIA]["iso3"], read.nodes[RUSSIA]["cow"]) == ("RUS", "365")
    found = Counter((a, b, e["act"], e["status"], e["from"]) for a, b, e in read.edges(data=True))
    assert found == Counter(
        (row["sender_iri"], row["receiver_iri"], row["act"], row["status"], row["from"]) for row in rows
    )


def test_a_calendar_has_each_dated_act_once_over_its_days(
    written: Callable[[str], bytes], rows: list[dict[str, str]]
) -> None:
    events = icalendar.Calendar.from_ical(written("ics")).walk("VEVENT")
    dated = {row["act"]: row for row in rows if row["from"] and row["to"]}

    assert {str(event["uid"]) for event in events} == set(dated)
    assert len(events) == len(dated)
    for event in events:
        row = dated[str(event["uid"])]
        first, last = date.fromisoformat(row["from"]), date.fromisoformat(row["to"])
        assert (event["dtstart"].dt, event["dtend"].dt) == (first, last + timedelta(days=1))
        assert (str(event["status"]) == "CONFIRMED") == (row["status"] == "reported")


def test_a_client_gives_the_network(root: Path, rows: list[dict[str, str]]) -> None:
    with Client(root) as client:
        found = client.network()

    assert found.number_of_edges() == len(rows)
    assert {edge["plover"] for edge in found[RUSSIA][JAPAN].values()} >= {"SANCTION/expel"}
