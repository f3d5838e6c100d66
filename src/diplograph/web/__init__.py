"""The HTTP service: a factory, thin blueprints, one way to answer and one way to fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Flask

from diplograph import __version__
from diplograph.intake.writer import Writer
from diplograph.publication import Publication
from diplograph.web import assets, clients, headers, openapi, problems, represent, service, watched
from diplograph.web.cache import Cache
from diplograph.web.changes import Changes
from diplograph.web.documents import Documents
from diplograph.web.downloads import Downloads
from diplograph.web.editor import Editor
from diplograph.web.figures import Figures
from diplograph.web.flights import Flights
from diplograph.web.front import Front
from diplograph.web.graphs import GraphStore
from diplograph.web.meters import Meters
from diplograph.web.operations import Operations
from diplograph.web.pages import Pages
from diplograph.web.queries import Canned
from diplograph.web.reconcile import Reconciliation
from diplograph.web.resources import Resources
from diplograph.web.sparql import Endpoint
from diplograph.web.validation import Validation
from diplograph.web.writing import Writing

PARTS = (
    Pages,
    Endpoint,
    Editor,
    Canned,
    Resources,
    Documents,
    GraphStore,
    Changes,
    Validation,
    Reconciliation,
    Downloads,
    Operations,
)


class Service(Flask):
    """Flask without its search, at every function of every request, for ones that are to be awaited."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself: none here is a coroutine."""
        return func


def create_app(publication: Publication, meters: Meters | None = None, writer: Writer | None = None) -> Flask:
    """The service over one publication, as a WSGI application.

    Whoever makes it again for a later release hands on the meters, so that they count on, and the one
    writer.
    """
    meters = meters or Meters()
    publication = replace(publication, engine=watched.Watched(publication.engine, meters))
    app = Service(__name__)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    app.jinja_env.trim_blocks = True
    for part in PARTS:
        app.register_blueprint(part(publication).blueprint())
    app.register_blueprint(Writing(publication, writer or Writer(publication.settings)).blueprint())
    app.register_blueprint(Figures(meters).blueprint())
    app.register_blueprint(problems.blueprint())
    app.register_blueprint(openapi.Description(publication, app).blueprint())
    app.jinja_env.globals |= {
        "release_name": publication.release.name,
        "format_names": represent.FORMAT_NAMES,
    }
    assets.install(app)
    clients.install(app, publication.settings)
    headers.install(app, service.created(publication))
    problems.install(app)
    watched.install(app)
    cover(app, publication, meters)
    return app


def cover(app: Flask, publication: Publication, meters: Meters) -> None:
    """Put the cache, the figures and the log in front of the application."""
    settings, release = publication.settings, publication.release
    cache = Cache(settings.max_cache)
    meters.watch(cache, release.name, settings.workers)
    front = Front(
        app.wsgi_app,
        cache,
        lambda: f"{release.id} {__version__}",
        meters,
        Flights(settings.queue_length),
        always=(*headers.FIXED, ("Diplograph-Release", release.name)),
        access_log=settings.access_log,
    )
    app.wsgi_app = front  # type: ignore[method-assign]
