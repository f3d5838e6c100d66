"""What a change is made to: the release of the files as they are, in the state that a request expects."""

from diplograph import release as releases
from diplograph.errors import BuildFailed, Conflict, PreconditionFailed, UnknownResource
from diplograph.intake import replay
from diplograph.intake.requests import Request
from diplograph.release import Release
from diplograph.settings import Settings
from diplograph.sources import KnowledgeBase

ANY = "*"


def base_of(settings: Settings, in_place: frozenset[str] = frozenset()) -> Release:
    """The release of the files as they are, built when they have changed since.

    Raises Conflict when no release comes of them, or when files that nobody asks to accept have changed.
    """
    current = releases.current(settings)
    if current is not None and not _stale(settings, current, in_place):
        return current
    if in_place:
        raise Conflict(
            "Other files than those to accept have changed since the release was built.",
            hint="Build a release without this change first, or accept all that changed together.",
        )
    reason = current is None or bool(current.manifest["inputs"]["reason"])
    try:
        return releases.build(settings, reason=reason, wait=replay.WAIT)
    except BuildFailed as error:
        raise Conflict(
            f"The files of the knowledge base have changed, and no release comes of them: {error.detail}",
            hint="Run `diplograph build`, mend what it lists, and send the change again.",
        ) from error


def _stale(settings: Settings, current: Release, in_place: frozenset[str]) -> bool:
    """Whether files have changed since the release was built, those to be accepted left out."""
    if not in_place:
        return not releases.up_to_date(settings)
    built = current.manifest["inputs"]["files"]
    found = KnowledgeBase(settings.kb).inputs()
    return any(built.get(name) != found.get(name) for name in (built.keys() | found) - in_place)


def graph_hash(base: Release, graph: str) -> str | None:
    """The canonical hash of a graph in a release, None for one that it does not hold."""
    facts = base.manifest["graphs"].get(graph)
    return None if facts is None else str(facts["hash"])


def require_state(base: Release, request: Request) -> None:
    """Hold a request to the state that it expects. Raises UnknownResource or PreconditionFailed."""
    found = graph_hash(base, request.edits[0].graph) if request.edits else None
    if found is None and any(edit.mode == "delete" for edit in request.edits):
        raise UnknownResource("There is no such graph to delete.")
    wanted, unwanted = request.if_match, request.if_none_match
    if wanted is not None and (found is None or not {ANY, found} & set(wanted)):
        raise PreconditionFailed("The graph is not in the state that If-Match names.")
    if unwanted is not None and found is not None and {ANY, found} & set(unwanted):
        raise PreconditionFailed("The graph is in a state that If-None-Match excludes.")
