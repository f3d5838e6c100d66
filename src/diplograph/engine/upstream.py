"""HTTP requests to one endpoint: a deadline, whole answers or the reason why not, and a circuit breaker."""

import logging
import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO

import httpx

from diplograph.errors import DiplographError, EngineTimeout, EngineUnavailable, ResultTooLarge
from diplograph.settings import CONNECT_SECONDS, GRACE_SECONDS

FAILURES = 5
PAUSE_SECONDS = 2.0
CONNECTIONS = 64
RAW_FACTOR = 4
"""How much larger than the answer we send the one that we are sent may be."""
ACCEPTED_AS = {
    "application/sparql-results+json": ("application/sparql-results+json", "application/json"),
    "application/n-triples": ("application/n-triples", "text/plain", "text/turtle"),
}
_OUT_OF_TIME = re.compile(
    r"time.?out|timed out|S1TAT|SR17[17]|exceeds the limit of \d+ \(sec\)", re.IGNORECASE
)
PARTIAL = "The engine sent a part of the answer for the whole; it is thrown away."
_SAID = {
    401: "refuses this service",
    403: "refuses this service",
    429: "is busy",
    503: "is busy or not ready",
}
_UNSUPPORTED = re.compile(r"^Virtuoso (37000|22023) ")
"""How Virtuoso says that it cannot compile or sort what a query asks for, under whichever status."""
Fields = Sequence[str]
log = logging.getLogger(__name__)


class Circuit:
    """Counts the requests in a row that found no engine; a query that is slow or refused is none of them."""

    def __init__(self, failures: int = FAILURES, pause: float = PAUSE_SECONDS) -> None:
        """Open after so many failures, for so many seconds."""
        self._most, self._pause = failures, pause
        self._failed = 0
        self._open_until = 0.0
        self._lock = threading.Lock()

    def enter(self) -> None:
        """Let a request pass; EngineUnavailable at once while the circuit is open."""
        with self._lock:
            if self._failed < self._most:
                return
            if time.monotonic() < self._open_until:
                detail = f"The engine failed {self._failed} times in a row and is left alone for a moment."
                raise EngineUnavailable(detail)
            self._open_until = time.monotonic() + self._pause

    def works(self) -> None:
        """Note an answer."""
        with self._lock:
            self._failed = 0

    def fails(self) -> None:
        """Note that there was no engine to answer."""
        with self._lock:
            self._failed += 1
            self._open_until = time.monotonic() + self._pause


class NotEvaluatedError(Exception):
    """The engine does not know how to evaluate a query, although it is valid SPARQL 1.1."""


class Upstream:
    """An endpoint and the connections to it; any number of threads may share it."""

    def __init__(self, url: str, max_result: int) -> None:
        """Take an address, which may hold a name and a password, and the most bytes that are sent on."""
        self._max_bytes = max_result * RAW_FACTOR
        self._circuit = Circuit()
        self._kind = ""
        limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
        self._client = httpx.Client(limits=limits, trust_env=False, follow_redirects=False)
        try:
            self._url = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise EngineUnavailable(f"The address of the engine is not a URL: {error}.") from error
        if self._url.scheme not in ("http", "https") or not self._url.host:
            raise EngineUnavailable("The address of the engine is not one of http or https.")

    def post(
        self,
        fields: Sequence[tuple[str, str]],
        accept: str,
        seconds: float,
        target: BinaryIO,
        began: float | None = None,
    ) -> str:
        """Send a query as a form, write the whole answer into `target`, and return its media type.

        What is left of `seconds`, since `began` if not from now, is passed on to engines that take it, and
        waited for one second longer. Raises EngineUnavailable, EngineTimeout, ResultTooLarge, and
        NotEvaluatedError for a query beyond the engine.
        """
        self._circuit.enter()
        deadline = _Deadline(seconds, self._circuit, began)
        left = deadline.left() - GRACE_SECONDS
        with self._answer([*fields, *self._time_limit(left)], accept, deadline) as response:
            self._kind = response.headers.get("server", "")
            media = _checked(response, accept, deadline)
            self._spool(response, deadline, target)
        self._circuit.works()
        return media

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    def _time_limit(self, seconds: float) -> list[tuple[str, str]]:
        """Return the deadline in the engine's own words; the SPARQL protocol has none."""
        if self._kind.startswith("Virtuoso"):
            return [("timeout", str(max(1000, int(seconds * 1000))))]
        return []

    @contextmanager
    def _answer(
        self, fields: Sequence[tuple[str, str]], accept: str, deadline: "_Deadline"
    ) -> Iterator[httpx.Response]:
        """Send the request, once more when a kept connection turns out to be closed."""
        data: dict[str, list[str]] = {}
        for name, value in fields:
            data.setdefault(name, []).append(value)
        with deadline.explained():
            try:
                response = self._send(data, accept, deadline)
            except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError, httpx.ConnectError):
                response = self._send(data, accept, deadline)
            try:
                yield response
            finally:
                response.close()

    def _send(self, data: dict[str, list[str]], accept: str, deadline: "_Deadline") -> httpx.Response:
        left = deadline.left()
        timeout = httpx.Timeout(left, connect=min(CONNECT_SECONDS, left))
        headers = {"Accept": accept, "Accept-Encoding": "identity"}
        request = self._client.build_request("POST", self._url, data=data, headers=headers, timeout=timeout)
        return self._client.send(request, stream=True)

    def _spool(self, response: httpx.Response, deadline: "_Deadline", target: BinaryIO) -> None:
        size = 0
        with deadline.guarding(response):
            for part in response.iter_raw():
                size += len(part)
                if size > self._max_bytes:
                    detail = f"The engine sends more than {self._max_bytes} bytes."
                    raise ResultTooLarge(detail, limit=self._max_bytes)
                target.write(part)


class _Deadline:
    """The time until which an answer has to be whole."""

    def __init__(self, seconds: float, circuit: Circuit, began: float | None = None) -> None:
        self.seconds = seconds
        self.circuit = circuit
        self.began = time.monotonic() if began is None else began
        self.passed = False

    def left(self) -> float:
        """Return the seconds that remain, never none."""
        return max(0.001, self.began + self.seconds + GRACE_SECONDS - time.monotonic())

    def timed_out(self) -> EngineTimeout:
        """Return the error that says so."""
        elapsed = round(time.monotonic() - self.began, 3)
        detail = f"The engine did not answer in full within {self.seconds:g} s."
        return EngineTimeout(detail, limit=self.seconds, elapsed=elapsed)

    @contextmanager
    def guarding(self, response: httpx.Response) -> Iterator[None]:
        """Cut the connection at the deadline, however slowly the answer trickles in."""
        timer = threading.Timer(self.left(), self._cut, [response])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
        if self.passed:
            raise self.timed_out()

    def _cut(self, response: httpx.Response) -> None:
        self.passed = True
        stream = response.extensions["network_stream"]
        line = stream.get_extra_info("socket")
        if line is not None:
            line.shutdown(2)

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Say in our words what went wrong with the connection."""
        try:
            yield
        except (httpx.ConnectTimeout, httpx.ConnectError) as error:
            self.circuit.fails()
            raise EngineUnavailable("The engine cannot be reached.") from error
        except httpx.TimeoutException as error:
            raise self.timed_out() from error
        except httpx.HTTPError as error:
            if self.passed:
                raise self.timed_out() from error
            self.circuit.fails()
            log.warning("the engine broke off: %r", error)
            raise EngineUnavailable("The engine broke off in the middle of its answer.") from error


def _checked(response: httpx.Response, accept: str, deadline: _Deadline) -> str:
    """Return the media type of an answer that may be read; raise what any other means."""
    if response.status_code != 200:
        raise _refusal(response, deadline)
    if state := response.headers.get("x-sql-state"):
        # a part sent as the whole: Virtuoso marks it, and says S1TAT when its time was up
        raise deadline.timed_out() if state.startswith("S1TAT") else EngineUnavailable(PARTIAL)
    if response.headers.get("content-encoding", "identity") != "identity":
        raise EngineUnavailable("The engine compressed its answer, which was not asked for.")
    sent = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent not in ACCEPTED_AS[accept.partition(",")[0]]:
        raise EngineUnavailable(
            f"The engine answered with {sent or 'no media type'}, which was not asked for."
        )
    return str(sent)


def _refusal(response: httpx.Response, deadline: _Deadline) -> DiplographError | NotEvaluatedError:
    """Return the error for an answer that is not 200; the query itself has been read and is valid."""
    status = response.status_code
    text = _excerpt(response)
    if status in (400, 501) or _UNSUPPORTED.match(text):
        return NotEvaluatedError(f"{status}: {text}")
    log.warning("the engine answered %s: %s", status, text)
    if status in (408, 504) or (status >= 400 and _OUT_OF_TIME.search(text)):
        return deadline.timed_out()
    said = _SAID.get(status, "redirects, which is not followed" if 300 <= status < 400 else "failed")
    return EngineUnavailable(PARTIAL if status == 206 else f"The engine {said} ({status}).")


def _excerpt(response: httpx.Response) -> str:
    """Return the first bytes of an error, for the log, without the query that Virtuoso repeats there."""
    for part in response.iter_raw(2000):
        return part.decode("utf-8", "replace").partition("\n\nSPARQL query:")[0]
    return ""
