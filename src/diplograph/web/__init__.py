"""The HTTP service: a factory, thin blueprints, one way to answer and one way to fail."""

from __future__ import annotations

from flask import Flask

from diplograph.publication import Publication
from diplograph.web import clients, headers, openapi, problems, represent, service
from diplograph.web.documents import Documents
from diplograph.web.downloads import Downloads
from diplograph.web.graphs import GraphStore
from diplograph.web.operations import Operations
from diplograph.web.pages import Pages
from diplograph.web.queries import Canned
from diplograph.web.resources import Resources
from diplograph.web.sparql import Endpoint
from diplograph.web.validation import Validation

PARTS = (Pages, Endpoint, Canned, Resources, Documents, GraphStore, Validation, Downloads, Operations)


def create_app(publication: Publication) -> Flask:
    """The service over one publication, as a WSGI application."""
    app = Flask(__name__)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    app.jinja_env.trim_blocks = True
    for part in PARTS:
        app.register_blueprint(part(publication).blueprint())
    app.register_blueprint(problems.blueprint())
    app.register_blueprint(openapi.Description(publication, app).blueprint())
    app.jinja_env.globals |= {
        "release_name": publication.release.name,
        "format_names": represent.FORMAT_NAMES,
    }
    clients.install(app, publication.settings)
    headers.install(app, service.created(publication))
    problems.install(app)
    return app
