"""Errors: problem types, each with its HTTP status, title, cure and facts (RFC 9457); no web framework."""
# ruff: noqa: N818 - the names are the problem types of the interface, which have no suffix

from typing import ClassVar


class DiplographError(Exception):
    """Something went wrong that the caller should be told about in full."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal error"
    slug: ClassVar[str] = "internal-error"
    cure: ClassVar[str] = "Try again; if it happens twice, report the request and the time."

    def __init__(self, detail: str, **facts: object) -> None:
        """Say in `detail` what happened here; `facts` become members of the problem document."""
        super().__init__(detail)
        self.detail = detail
        self.facts = facts

    @property
    def hint(self) -> str:
        """What the error itself knows about a way out, else the general cure of its kind."""
        if said := self.facts.get("hint"):
            return str(said)
        for fact, words in (("near", "Near names"), ("offers", "Offered")):
            names = self.facts.get(fact)
            if names and isinstance(names, list | tuple):
                return f"{words}: {', '.join(map(str, names))}."
        return self.cure


class BadRequest(DiplographError):
    """The request itself is not well formed: a parameter is missing, repeated or contradicts another."""

    status, title, slug = 400, "Bad request", "bad-request"
    cure = "Send each parameter once, and only those that the address knows."


class MalformedQuery(BadRequest):
    """The text is not a SPARQL 1.1 query."""

    title, slug = "Malformed query", "malformed-query"
    cure = "Correct the query at the position given; check prefixes, braces and full stops before it."


class MalformedRdf(BadRequest):
    """The text is not RDF in the syntax it claims to be."""

    title, slug = "Malformed RDF", "malformed-rdf"
    cure = "Correct the file at the position given; check that the media type names its syntax."


class InvalidParameter(BadRequest):
    """A parameter is unknown, missing or not of the type that the query declares."""

    title, slug = "Invalid parameter", "invalid-parameter"
    cure = "Use the parameters that the query's page lists, each with a value of its type."


class TooComplex(BadRequest):
    """The text is nested deeper, or holds more tokens or operators, than the service evaluates."""

    title, slug = "Too complex", "too-complex"
    cure = "Split the query into smaller ones, or flatten the nesting."


class Unauthorized(DiplographError):
    """A write came without a token that allows it."""

    status, title, slug = 401, "Unauthorized", "unauthorized"
    cure = "Send the header `Authorization: Bearer TOKEN` with a token of this service."


class Forbidden(DiplographError):
    """The service understood the request and does not do such things."""

    status, title, slug = 403, "Forbidden", "forbidden"
    cure = "Nothing in the request can change the answer; ask whoever runs the service."


class FederationDisabled(Forbidden):
    """The query asks another endpoint with SERVICE; this one never calls out for strangers."""

    title, slug = "Federation is disabled", "federation-disabled"
    cure = "Query this endpoint from yours: send the SERVICE clause to a service that allows it."


class UpdateDisabled(Forbidden):
    """The text is SPARQL Update; the endpoint only reads."""

    title, slug = "Updates are disabled", "update-disabled"
    cure = "Change the files of the knowledge base, or write to /graphs with a token."


class ReadOnly(Forbidden):
    """The knowledge base, or this graph of it, cannot be written."""

    title, slug = "Read only", "read-only"
    cure = "Serve a writable copy with --kb DIR, and write only to the graphs that stand in data/."


class UnknownResource(DiplographError):
    """Nothing is known under this address."""

    status, title, slug = 404, "Unknown resource", "unknown-resource"
    cure = "Check the spelling, or search by name (diplograph find)."


class WithdrawnResource(DiplographError):
    """What had this name is not held any more, and nothing took its place."""

    status, title, slug = 410, "Withdrawn", "withdrawn-resource"
    cure = "Do not cite it further; ask an older release for what it said."


class MethodNotAllowed(DiplographError):
    """The address exists and does not take this method."""

    status, title, slug = 405, "Method not allowed", "method-not-allowed"
    cure = "Use one of the methods in the header Allow."


class NotAcceptable(DiplographError):
    """None of the media types in Accept is offered at this address."""

    status, title, slug = 406, "Not acceptable", "not-acceptable"
    cure = "Ask for one of the offered types, or leave Accept out to get the first."


class Conflict(DiplographError):
    """What is asked for does not fit what is there now, or contradicts an earlier request."""

    status, title, slug = 409, "Conflict", "conflict"
    cure = "Look at what is there now, and ask again for what is still to be done."


class Gone(DiplographError):
    """What was here has been removed for good."""

    status, title, slug = 410, "Gone", "gone"
    cure = "Ask for the current release, or for one that /versions lists."


class LengthRequired(DiplographError):
    """A body of no stated length: its end cannot be told from a connection that broke."""

    status, title, slug = 411, "Length required", "length-required"
    cure = "Send the header Content-Length with the number of bytes; do not send the body in chunks."


class PreconditionFailed(DiplographError):
    """The graph is no longer, or was never, in the state that the request is made for."""

    status, title, slug = 412, "Precondition failed", "precondition-failed"
    cure = "Fetch the graph again, apply the change to it, and send it with the new ETag in If-Match."


class TooLarge(DiplographError):
    """The query or the body is larger than the service reads."""

    status, title, slug = 413, "Too large", "too-large"
    cure = "Send less at once; /limits prints the sizes."


class ResultTooLarge(DiplographError):
    """The answer is larger than the service sends."""

    status, title, slug = 413, "Result too large", "result-too-large"
    cure = "Add LIMIT or narrower patterns, or download the dump of the whole graph."


class UnsupportedMediaType(DiplographError):
    """The body is of a type, or in an encoding, that the address does not read."""

    status, title, slug = 415, "Unsupported media type", "unsupported-media-type"
    cure = "Send one of the types listed, without Content-Encoding."


class DoesNotConform(DiplographError):
    """The data breaks a shape, or holds triples that no shape covers; nothing was changed."""

    status, title, slug = 422, "Does not conform", "does-not-conform"
    cure = "Follow the cure of each finding and send the data again."


class Busy(DiplographError):
    """All workers are taken and none came free in time."""

    status, title, slug = 429, "Busy", "busy"
    cure = "Wait for the seconds in Retry-After and send the request again."


class InternalError(DiplographError):
    """A fault of the service, not of the request."""


class BuildFailed(DiplographError):
    """The sources do not make a release; the one in service stays."""

    title, slug = "Build failed", "build-failed"
    cure = "Repair each problem listed and build again."


class EngineUnavailable(DiplographError):
    """The query engine cannot be reached or started."""

    status, title, slug = 502, "Engine unavailable", "engine-unavailable"
    cure = "Check the address given to --engine, or that the release's store can be read."


class WorkerKilled(EngineUnavailable):
    """A worker process was killed from outside; nothing is known of the request that is against it."""

    status, title, slug = 503, "Worker killed", "worker-killed"
    cure = (
        "Send the request again; if this repeats, the machine may be short of memory (see its kernel's log)."
    )


class NotReady(DiplographError):
    """The release is in service before this part of it is made."""

    status, title, slug = 503, "Not ready", "not-ready"
    cure = "Wait for the seconds in Retry-After and send the request again."


class Overloaded(DiplographError):
    """The service holds as much for others as it may; nothing is wrong with the request."""

    status, title, slug = 503, "Overloaded", "overloaded"
    cure = "Wait for the seconds in Retry-After and send the request again, or ask for fewer rows."


class StorageUnavailable(DiplographError):
    """What the service keeps on disk cannot be written, or read; nothing was changed."""

    status, title, slug = 503, "Storage unavailable", "storage-unavailable"
    cure = (
        "Let whoever runs the service look at the disk, its mount and the owner of the files; then try again."
    )


class QueryTimeout(DiplographError):
    """The query was stopped at its time limit; the work has ended."""

    status, title, slug = 503, "Query timeout", "query-timeout"
    cure = "Put the most selective pattern first, in a sub-select of its own, or ask for fewer rows."


class MemoryLimit(DiplographError):
    """The query was stopped at its memory limit; the work has ended."""

    status, title, slug = 503, "Memory limit", "memory-limit"
    cure = "Avoid sorting, grouping or joining without a shared variable over everything."


class EngineTimeout(DiplographError):
    """The remote engine did not answer in time."""

    status, title, slug = 504, "Engine timeout", "engine-timeout"
    cure = "Make the query cheaper, or ask whoever runs the engine for a longer limit."


class NoSpace(DiplographError):
    """The disk is full; nothing was changed and reads go on."""

    status, title, slug = 507, "No space", "no-space"
    cure = "Free space, for example with `diplograph prune`, and send the request again."


def problem_types() -> dict[str, type[DiplographError]]:
    """Return every problem type by its slug, as /problems lists them."""
    found: dict[str, type[DiplographError]] = {}
    waiting: list[type[DiplographError]] = [DiplographError]
    while waiting:
        error = waiting.pop()
        waiting += error.__subclasses__()
        found[error.slug] = error
    return dict(sorted(found.items()))
