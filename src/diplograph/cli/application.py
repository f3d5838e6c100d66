"""The application of one process: for good, following the knowledge base, or for one request."""

import gc
from functools import partial
from multiprocessing.util import Finalize
from typing import Any

from werkzeug.test import TestResponse

from diplograph.intake.writer import Writer
from diplograph.publication import Publication
from diplograph.release import Release
from diplograph.settings import Settings
from diplograph.web import create_app, journal
from diplograph.web.following import Following
from diplograph.web.meters import Meters


def following(settings: Settings, release: Release) -> Any:
    """One that goes with the knowledge base to its next release; it is closed when its process ends.

    Over files as they are, which have no next release, it stays with those.
    """
    journal.configure()
    gc.set_threshold(10_000, 20, 20)  # requests leave few cycles behind
    publication = Publication.of_release(settings, release)
    if release.path.parent != settings.state / "releases":
        Finalize(None, publication.close, exitpriority=10)
        return create_app(publication)
    writer = Writer(settings)
    Finalize(None, writer.close, exitpriority=10)
    followed = Following(publication, partial(create_app, meters=Meters(), writer=writer))
    Finalize(None, followed.close, exitpriority=10)
    return followed


def answer(settings: Settings, release: Release, path: str) -> TestResponse:
    """What it answers to one GET."""
    with Publication.of_release(settings, release) as published:
        return create_app(published).test_client().get(path, base_url=settings.public_url)
