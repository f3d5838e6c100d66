"""Writing as a task for the writer process: plain values in, what became of the request out."""

from typing import Any

from diplograph import release as releases
from diplograph.errors import BadRequest
from diplograph.intake.acceptance import accept, recover
from diplograph.intake.edits import Edit
from diplograph.intake.requests import Outcome, Request
from diplograph.settings import Settings
from diplograph.validation import uploads

Payload = dict[str, Any]


def accept_task(payload: Payload) -> dict[str, Any]:
    """Take a change to one graph in.

    The payload holds `settings`, `graph`, `mode` ("put", "post" or "delete"), `media` (one for each part of
    the body) and the parts as `part0`, `part1` and so on; `who`, `message`, `key`, `digest`, `if_match` and
    `if_none_match` as in `Request`. Raises what `accept` raises, and for a body what `uploads.parse` raises.
    """
    settings = Settings.unpacked(payload["settings"])
    request = Request(
        [_edit(payload, settings)],
        payload["who"],
        payload["message"],
        payload["if_match"],
        payload["if_none_match"],
        payload["key"],
        payload["digest"],
    )
    return _told(accept(settings, request))


def recover_task(payload: Payload) -> dict[str, Any]:
    """Carry out what a killed writer left in the journal."""
    return {"release": recover(Settings.unpacked(payload["settings"])).name}


def describe_task(payload: Payload) -> dict[str, Any]:
    """Make the dumps and the description of the current release, where they are still to be made."""
    release = releases.current(Settings.unpacked(payload["settings"]))
    return {"release": None if release is None else releases.complete(release).name}


def _edit(payload: Payload, settings: Settings) -> Edit:
    graph, mode = payload["graph"], payload["mode"]
    if mode == "delete":
        return Edit(graph, "delete")
    triples = []
    for number, media in enumerate(payload["media"]):
        found = uploads.parse(
            payload[f"part{number}"], media, graph, settings.max_upload, settings.max_upload_triples
        )
        if set(found) != {graph}:
            raise BadRequest(f"The body holds other graphs than {graph}.", hint="Send one graph at a time.")
        triples += found[graph]
    return Edit(graph, "put" if mode == "put" else "patch", tuple(triples))


def _told(outcome: Outcome) -> dict[str, Any]:
    change = outcome.change
    created = change is not None and all(facts.before is None for facts in change.graphs.values())
    return {
        "change": None if change is None else change.number,
        "created": created,
        "release": outcome.release,
    }
