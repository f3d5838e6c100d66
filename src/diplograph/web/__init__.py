"""The HTTP service: a factory, thin blueprints, one way to answer and one way to fail."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request

from diplograph import __version__
from diplograph.changes.writer import Writer
from diplograph.namespaces import DG, in_space
from diplograph.release import Release
from diplograph.repository import Repository
from diplograph.web import (
    addresses,
    headers,
    languages,
    openapi,
    problems,
    request_parsing,
    responses,
    service_description,
)
from diplograph.web.between import StoryPages
from diplograph.web.canned import Canned
from diplograph.web.changes import Changes
from diplograph.web.documents import Documents
from diplograph.web.downloads import Downloads
from diplograph.web.editor import Editor
from diplograph.web.graph_store import GraphStore, Writing
from diplograph.web.health import Health
from diplograph.web.home import HomePages
from diplograph.web.http_cache import Hit, HttpCache, SingleFlight
from diplograph.web.metrics import MeasuredEngine, Metrics, MetricsPage, install_marks
from diplograph.web.reconcile import Reconciliation
from diplograph.web.response_store import ResponseStore
from diplograph.web.search import SearchPages
from diplograph.web.sparql import Endpoint
from diplograph.web.things import ThingDocuments
from diplograph.web.validation import Validation

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

BUILT = Path(__file__).parent / "static" / "built"
LOG = logging.getLogger(__name__)
BUNDLE = "/static/built/"
FOREVER = "public, max-age=31536000, immutable"
PARTS = (
    HomePages,
    SearchPages,
    Endpoint,
    Editor,
    Canned,
    ThingDocuments,
    StoryPages,
    Documents,
    GraphStore,
    Changes,
    Validation,
    Reconciliation,
    Downloads,
    Health,
)


def install_scripts(app: Flask) -> None:
    """Let templates ask for the address of a script; the name holds a hash, so it may be kept for ever."""
    files = built()
    if not files:
        LOG.warning("the pages are served without scripts: they were left out or could not be built")

    def asset(name: str) -> str | None:
        """The address of a script or style sheet, None where the front-end was not built."""
        return addresses.address(f"{BUNDLE}{files[name]}") if name in files else None

    app.jinja_env.globals["asset"] = asset

    @app.after_request
    def keep(response: Response) -> Response:
        if response.status_code in {200, 304} and request.path.startswith(BUNDLE):
            response.headers["Cache-Control"] = FOREVER
        return response


def built() -> Mapping[str, str]:
    """The file that each script became; none where the front-end was left out or not built."""
    try:
        manifest = json.loads((BUILT / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return dict(manifest["files"])


class Service(Flask):
    """Flask without its search, at every function of every request, for ones that are to be awaited."""

    request_class = request_parsing.LenientRequest
    hit: Callable[[WSGIEnvironment], Hit | None]
    """What is sent for a request whose answer is kept, None for any other; it never waits."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself: none here is a coroutine."""
        return func


def create_app(
    repository: Repository, metrics: Metrics | None = None, writer: Writer | None = None
) -> Service:
    """The service over one repository, as a WSGI application.

    Whoever makes it again for a later release hands on the metrics, so that they count on, and the one
    writer.
    """
    metrics = metrics or Metrics()
    repository = replace(repository, engine=MeasuredEngine(repository.engine, metrics))
    app = Service(__name__)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    app.jinja_env.trim_blocks = True
    for part in PARTS:
        app.register_blueprint(part(repository).blueprint())
    app.register_blueprint(Writing(repository, writer or Writer(repository.settings)).blueprint())
    app.register_blueprint(MetricsPage(metrics).blueprint())
    app.register_blueprint(problems.blueprint())
    app.register_blueprint(openapi.Description(repository, app).blueprint())
    app.jinja_env.globals |= {
        "address": addresses.address,
        "absolute": addresses.absolute,
        "release_name": repository.release.name,
        "is_empty": is_empty(repository.release),
        "project_url": repository.settings.project_url,
        "format_names": responses.FORMAT_NAMES,
    }
    install_scripts(app)
    languages.install(app)
    request_parsing.install(app, repository.settings)
    headers.install(app, service_description.created(repository))
    addresses.install(app)
    problems.install(app)
    install_marks(app)
    name_by(app, repository.release.base)
    cover(app, repository, metrics)
    return app


def is_empty(release: Release) -> bool:
    """Whether a release was built of a knowledge base in which nobody does or claims anything yet."""
    counts = release.manifest.get("counts")
    return counts is not None and not any(counts.get(str(kind)) for kind in (DG.Act, DG.Claim))


def name_by(app: Service, base: str) -> None:
    """Have each request answered with the names of the knowledge base of a base IRI."""
    inner = app.wsgi_app

    def answered(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with in_space(base):
            return inner(environ, start_response)

    app.wsgi_app = answered  # type: ignore[method-assign]


def cover(app: Service, repository: Repository, metrics: Metrics) -> None:
    """Put the cache, the metrics and the log in front of the application."""
    settings, release = repository.settings, repository.release
    cache, epoch = ResponseStore(settings.max_cache), f"{release.id} {__version__}"
    metrics.watch(cache, release.name, settings.workers)
    http_cache = HttpCache(
        app.wsgi_app,
        cache,
        lambda: epoch,
        metrics,
        SingleFlight(settings.queue_length),
        always=(*headers.FIXED, ("Diplograph-Release", release.name)),
        access_log=settings.access_log,
        posted=[rule.rule for rule in app.url_map.iter_rules() if rule.endpoint == "sparql.post"],
    )
    names = {rule.rule.split("/")[1] for rule in app.url_map.iter_rules()}
    mount = addresses.Mount(http_cache, settings, names)
    app.wsgi_app, app.hit = mount, mount.hit  # type: ignore[method-assign]
