"""What a query is asked of: the release, some files, or an endpoint elsewhere."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx

from diplograph import preparation
from diplograph.cli import console, options
from diplograph.cli.results import Asked
from diplograph.engine.protocol import Answer, Operation
from diplograph.errors import EngineTimeout, EngineUnavailable
from diplograph.publication import Publication
from diplograph.settings import Settings


@contextmanager
def opened(settings: Settings, files: Sequence[str] = ()) -> Iterator[Publication]:
    """The release, built first when the sources have changed, or some files; one worker is enough."""
    alone = replace(settings, workers=1)
    if files:
        with Publication.of_files(files, alone) as loose:
            yield loose
        return
    with console.progress() as progress:
        release = preparation.prepare(alone, progress)
    with Publication.of_release(alone, release) as published:
        yield published


@contextmanager
def engine(
    endpoint: str | None,
    files: Sequence[str],
    kb: Path | None,
    timeout: float | None,
    *,
    rewrite: bool = True,
) -> Iterator[Asked]:
    """An engine over what the options name; closed when the block ends."""
    if endpoint:
        yield Endpoint(endpoint, timeout or 60.0)
        return
    with opened(options.settings(kb, timeout=timeout, rewrite=rewrite), files) as published:
        yield published.engine


class Endpoint:
    """A SPARQL 1.1 endpoint elsewhere, asked by POST."""

    def __init__(self, url: str, timeout: float) -> None:
        """Takes an address and the most seconds to wait for an answer."""
        self.url = url
        self.timeout = timeout

    def evaluate(self, operation: Operation, media: str, timeout: float | None = None) -> Answer:
        """The endpoint's answer in the media type.

        Raises EngineUnavailable when it cannot be reached or refuses, EngineTimeout when it is too slow.
        """
        start = time.perf_counter()
        try:
            response = httpx.post(
                self.url,
                content=operation.text.encode(),
                headers={"Content-Type": "application/sparql-query", "Accept": media},
                timeout=timeout or self.timeout,
            )
        except httpx.TimeoutException as error:
            raise EngineTimeout(f"{self.url} did not answer in time.", hint="Raise --timeout.") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise EngineUnavailable(
                f"{self.url} cannot be asked: {error}", hint="Check the address."
            ) from error
        self._refuse(response, media)
        return Answer(response.content, media, None, True, time.perf_counter() - start)

    def _refuse(self, response: httpx.Response, media: str) -> None:
        if not response.is_success:
            excerpt = response.text.strip()[:500]
            detail = f"{self.url} answered {response.status_code} {response.reason_phrase}. {excerpt}".strip()
            raise EngineUnavailable(detail, hint="Check the query and the address.")
        sent = response.headers.get("Content-Type", "").partition(";")[0]
        if sent != media:
            raise EngineUnavailable(f"{self.url} answered with {sent or 'no type'}, not {media}.")
