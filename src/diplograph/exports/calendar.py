"""Calendars: dated acts as events of whole days (RFC 5545); an imprecise date is a span of days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

from diplograph.exports.edges import Edge
from diplograph.exports.network import library


def ics(found: Iterable[Edge], stamp: datetime | None = None) -> bytes:
    """Return acts whose first and last day are known as iCalendar, each once.

    An event lasts from the earliest to the latest day; its description says the date as EDTF, stage and
    status. What did not come about or is only claimed is tentative. `stamp` says when it was made: by default
    now. Raises ImportError without the extra `network`.
    """
    made = library("icalendar", "network")
    calendar = made.Calendar()
    calendar.add("prodid", "-//diplograph//acts//EN")
    calendar.add("version", "2.0")
    acts = {edge.act["act"]: edge.act for edge in found if edge.act["from"] and edge.act["to"]}
    for act in sorted(acts.values(), key=lambda act: (act["from"], act["to"], act["act"])):
        event = made.Event()
        for name, value in _properties(act, stamp or datetime.now(UTC)).items():
            event.add(name, value)
        calendar.add_component(event)
    body: bytes = calendar.to_ical()
    return body


def _properties(act: Mapping[str, str], stamp: datetime) -> dict[str, str | date]:
    """Return the properties of an event; its end is the day after the last one."""
    told = [act["kind"], act["edtf"], act["stage"], act["status"], act["sources"]]
    return {
        "uid": act["act"],
        "dtstamp": stamp,
        "summary": act["act_label"],
        "dtstart": date.fromisoformat(act["from"]),
        "dtend": date.fromisoformat(act["to"]) + timedelta(days=1),
        "status": "CONFIRMED" if act["status"] == "reported" else "TENTATIVE",
        "transp": "TRANSPARENT",
        "url": act["act"],
        "description": "\n".join(filter(None, told)),
    }
