"""The cache of answers: what it keeps, for whom, and how much."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

import pytest

from diplograph.web import http_cache as caches
from diplograph.web.addresses import BASE
from diplograph.web.http_cache import REUSABLE, HttpCache, SingleFlight
from diplograph.web.metrics import Metrics
from diplograph.web.response_store import CachedResponse, Headers, ResponseStore

CAPACITY = 1 << 20


class Service:
    """An application that counts how often it is asked, and answers with what the test sets."""

    def __init__(self, at_once: bool = False) -> None:
        self.at_once = at_once
        self.asked: list[str] = []
        self.status = "200 OK"
        self.headers: dict[str, str] = {"ETag": '"tag"', "Vary": "Accept, Accept-Encoding"}
        self.extra: dict[str, Any] = {}
        self.body = b"answer"
        self.epoch = "one"
        self.cache = ResponseStore(CAPACITY)
        self.front = HttpCache(
            self.answer, self.cache, lambda: self.epoch, Metrics(), SingleFlight(4), posted=("/x",)
        )

    def answer(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        self.asked.append(environ["REQUEST_METHOD"])
        environ.update(self.extra)
        length = {"Content-Length": str(len(self.body))}
        start_response(self.status, list((length | self.headers).items()))
        return [self.body[:2], self.body[2:]]

    def ask(self, method: str = "GET", body: bytes = b"", **environ: str) -> tuple[str, Headers, bytes]:
        found: list[Any] = []
        request: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": "/x",
            "QUERY_STRING": "",
            "wsgi.input": io.BytesIO(body),
            **({"CONTENT_LENGTH": str(len(body))} if body else {}),
            **environ,
        }
        if self.at_once:
            places = (request["SCRIPT_NAME"], request.get(BASE, ""), request["PATH_INFO"])
            hit = self.front.hit(request, *places)
            if hit is not None:
                status = HTTPStatus(hit[0])
                return f"{status.value} {status.phrase.upper()}", *hit[1:]
        parts = self.front(request, lambda *told: found.extend(told))
        return found[0], found[1], b"".join(parts)


@pytest.fixture(params=["as WSGI", "at once"])
def service(request: pytest.FixtureRequest) -> Service:
    return Service(at_once=request.param == "at once")


def test_second_request_is_answered_without_the_application(service: Service) -> None:
    first, second = service.ask(), service.ask()

    assert first[2] == second[2] == b"answer"
    assert service.asked == ["GET"]
    assert caches.fields(second[1]).get("etag") == '"tag"'
    assert "cache;desc=hit" in (caches.fields(second[1]).get("server-timing") or "")


def test_every_answer_has_a_request_id_of_its_own(service: Service) -> None:
    service.ask()

    assert caches.fields(service.ask()[1]).get("x-request-id") != caches.fields(service.ask()[1]).get(
        "x-request-id"
    )


@pytest.mark.parametrize(
    "other",
    [
        {"REQUEST_METHOD": "POST"},
        {"CONTENT_LENGTH": "1"},
        {"CONTENT_TYPE": "text/plain"},
        {"HTTP_TRANSFER_ENCODING": "chunked"},
        {"HTTP_AUTHORIZATION": "Bearer x"},
        {"QUERY_STRING": "a"},
    ],
)
def test_what_has_to_be_looked_at_closely_is_no_hit(service: Service, other: dict[str, str]) -> None:
    asked = {"REQUEST_METHOD": "GET", "QUERY_STRING": ""}
    service.ask()

    assert service.front.hit(asked, "", "", "/x")
    assert service.front.hit(asked | other, "", "", "/x") is None


@pytest.mark.parametrize("before", ["GET", "HEAD"])
def test_head_is_answered_like_get_without_a_body(service: Service, before: str) -> None:
    service.ask(before)

    status, headers, body = service.ask("HEAD")

    assert (status, body, caches.fields(headers).get("content-length")) == ("200 OK", b"", "6")
    assert service.ask()[2] == b"answer"
    assert service.asked == ["GET"]


@pytest.mark.parametrize("condition", ['"tag"', 'W/"tag"', '"a", "tag"', "*"])
def test_client_that_has_the_answer_is_told_so_from_the_cache(service: Service, condition: str) -> None:
    for _ in range(2):
        status, headers, body = service.ask(HTTP_IF_NONE_MATCH=condition)
        assert (status[:3], body, caches.fields(headers).get("etag")) == ("304", b"", '"tag"')
        assert caches.fields(headers).get("content-length") is None
        assert caches.fields(headers).get("vary")

    assert service.asked == ["GET"]
    assert service.ask(HTTP_IF_NONE_MATCH='"other"')[0] == "200 OK"


def test_date_condition_counts_only_without_a_tag(service: Service) -> None:
    service.headers["Last-Modified"] = "Sat, 01 Jan 2022 00:00:00 GMT"
    later = "Sun, 02 Jan 2022 00:00:00 GMT"

    for _ in range(2):
        assert service.ask(HTTP_IF_MODIFIED_SINCE=later)[0][:3] == "304"
        assert service.ask(HTTP_IF_MODIFIED_SINCE=later, HTTP_IF_NONE_MATCH='"x"')[0][:3] == "200"


@pytest.mark.parametrize(
    "other",
    [
        {"PATH_INFO": "/y"},
        {"PATH_INFO": "/x/"},
        {"SCRIPT_NAME": "/x", "PATH_INFO": ""},
        {"diplograph.base": "https://other.example"},
        {"QUERY_STRING": "a"},
        {"HTTP_ACCEPT": "text/html"},
        {"HTTP_ACCEPT": ""},
        {"HTTP_ACCEPT_ENCODING": "gzip"},
        {"HTTP_ACCEPT_ENCODING": "gzip;q=0"},
        {"CONTENT_TYPE": "text/plain"},
        {"HTTP_AUTHORIZATION": "Bearer x"},
        {"HTTP_RANGE": "bytes=0-1"},
        {"HTTP_IF_MATCH": '"tag"'},
    ],
)
def test_other_request_is_never_answered_with_it(service: Service, other: dict[str, str]) -> None:
    service.ask()
    service.body = b"something else"

    assert service.ask(**other)[2] == b"something else"
    assert service.ask()[2] == b"answer"


@pytest.mark.parametrize(
    "other", [{"HTTP_HOST": "evil.example"}, {"HTTP_X_FORWARDED_HOST": "evil.example"}, {"HTTP_COOKIE": "a"}]
)
def test_header_that_no_answer_depends_on_makes_no_entry(service: Service, other: dict[str, str]) -> None:
    service.ask()
    service.ask(**other)

    assert service.asked == ["GET"]


def test_header_named_later_tells_all_answers_apart(service: Service) -> None:
    service.ask(HTTP_ACCEPT="a")
    service.headers["Vary"] = "Accept-Language"
    service.ask(HTTP_ACCEPT="b", HTTP_ACCEPT_LANGUAGE="en")
    service.body = b"japanese"

    assert service.ask(HTTP_ACCEPT="b", HTTP_ACCEPT_LANGUAGE="ja")[2] == b"japanese"
    assert service.ask(HTTP_ACCEPT="b", HTTP_ACCEPT_LANGUAGE="en")[2] == b"answer"


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        ("200 OK", {"ETag": 'W/"weak"'}),
        ("200 OK", {"Vary": "Accept"}),
        ("200 OK", {"ETag": '"tag"', "Cache-Control": "no-store"}),
        ("200 OK", {"ETag": '"tag"', "Cache-Control": "private, max-age=60"}),
        ("200 OK", {"ETag": '"tag"', "Vary": "*"}),
        ("200 OK", {"ETag": '"tag"', "Set-Cookie": "a=b"}),
        ("200 OK", {"ETag": '"tag"', "Content-Length": "7"}),
        ("200 OK", {"ETag": '"tag"', "Content-Length": str(CAPACITY)}),
        ("206 PARTIAL CONTENT", {"ETag": '"tag"'}),
        ("404 NOT FOUND", {"ETag": '"tag"'}),
        ("503 SERVICE UNAVAILABLE", {"ETag": '"tag"'}),
    ],
)
def test_answer_is_not_kept(service: Service, status: str, headers: dict[str, str]) -> None:
    service.status, service.headers = status, headers

    service.ask()
    service.ask()

    assert len(service.asked) == 2
    assert service.cache.size == 0


def test_redirect_to_the_document_is_kept(service: Service) -> None:
    service.status, service.headers = "303 SEE OTHER", {"Location": "/doc/x", "Vary": "Accept"}

    assert service.ask()[1]
    assert service.ask(HTTP_IF_NONE_MATCH="*")[0] == "303 SEE OTHER"
    assert service.asked == ["GET"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get"])
def test_other_method_goes_by(service: Service, method: str) -> None:
    service.ask()
    service.ask(method)
    service.ask(method)

    assert service.asked == ["GET", method, method]


def test_post_and_get_are_kept_apart(service: Service) -> None:
    service.ask()
    service.extra[REUSABLE] = True
    service.body = b"posted"

    assert service.ask("POST", b"q")[2] == b"posted"
    assert service.ask()[2] == b"answer"


def test_post_is_kept_by_its_body_when_the_application_allows_it(service: Service) -> None:
    service.headers = {"Cache-Control": "no-store", "Vary": "Accept"}
    service.ask("POST", b"one")
    service.ask("POST", b"one")
    assert len(service.asked) == 2

    service.extra[REUSABLE] = True
    service.ask("POST", b"one")
    service.ask("POST", b"one")
    assert len(service.asked) == 3
    service.ask("POST", b"two")
    service.ask("POST", b"one", CONTENT_TYPE="text/plain")
    assert len(service.asked) == 5


def test_body_of_a_post_that_is_never_kept_is_left_to_the_application(service: Service) -> None:
    service.extra[REUSABLE] = True
    body = io.BytesIO(b"one")

    for _ in range(2):
        service.ask("POST", b"one", PATH_INFO="/y", **{"wsgi.input": body})

    assert (len(service.asked), body.tell()) == (2, 0)


@pytest.mark.parametrize(
    "sent",
    [
        {"HTTP_TRANSFER_ENCODING": "chunked"},
        {"HTTP_CONTENT_ENCODING": "gzip"},
        {"CONTENT_LENGTH": "4"},
        {"CONTENT_LENGTH": "²"},
        {"CONTENT_LENGTH": str(caches.LARGEST_BODY + 1)},
    ],
)
def test_body_of_doubtful_length_goes_by(service: Service, sent: dict[str, str]) -> None:
    service.extra[REUSABLE] = True

    for _ in range(2):
        service.ask("POST", b"one", **sent)

    assert len(service.asked) == 2


def test_new_release_is_never_answered_with_the_old(service: Service) -> None:
    service.ask()
    service.epoch, service.body = "two", b"new"

    assert service.ask()[2] == b"new"


def test_answer_that_a_release_overtook_is_not_kept(service: Service) -> None:
    def answer(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        service.epoch = "two"
        return service.answer(environ, start_response)

    service.front = HttpCache(answer, service.cache, lambda: service.epoch, Metrics(), SingleFlight(4))
    service.ask()

    assert service.cache.size == 0


def test_least_recently_used_goes_first_and_the_bound_holds() -> None:
    cache = ResponseStore(20_000, largest=5000)
    entry = CachedResponse("200 OK", [], b"x" * 4000, "/x")

    for name in ("a", "b", "c"):
        cache.store((name,), {}, entry)
        cache.find(("a",), {})
    cache.store(("d",), {}, entry)

    assert cache.size <= 20_000
    assert cache.find(("a",), {}) is entry
    assert cache.find(("b",), {}) is None


def test_answer_used_since_the_last_store_outlives_one_that_was_not() -> None:
    cache = ResponseStore(20_000, largest=5000)
    entries = {name: CachedResponse("200 OK", [], b"x" * 4000, "/x") for name in "abcd"}
    for name in "abc":
        cache.store((name,), {}, entries[name])

    for name in "aab":
        cache.find((name,), {})
    cache.store(("d",), {}, entries["d"])

    assert [name for name in "abcd" if cache.find((name,), {}) is entries[name]] == ["a", "b", "d"]


def test_size_counts_requests_as_well_as_answers() -> None:
    cache = ResponseStore(CAPACITY)
    entry = CachedResponse("200 OK", [("Vary", "Accept")], b"", "/x")

    for number in range(200):
        cache.store((f"{number}",), {"HTTP_ACCEPT": "x" * 50_000}, entry)

    assert len(cache) <= 42
    assert cache.size <= CAPACITY


def test_nothing_is_kept_without_room() -> None:
    service = Service()
    service.front = HttpCache(service.answer, ResponseStore(0), lambda: "one", Metrics(), SingleFlight(4))

    assert service.ask()[2] == service.ask()[2] == b"answer"
    assert len(service.asked) == 2


def at_once(service: Service, requests: list[dict[str, str]], asked: int) -> list[bytes]:
    """The answers to requests of which `asked` are with the application at the same time."""
    begun, go = threading.Semaphore(0), threading.Event()
    front = service.front

    def answer(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        begun.release()
        assert go.wait(5)
        return service.answer(environ, start_response)

    service.front = HttpCache(answer, service.cache, front.epoch, front.metrics, front.single_flight)
    with ThreadPoolExecutor(len(requests)) as threads:
        answers = [threads.submit(service.ask, **request) for request in requests]
        for _ in range(asked):
            assert begun.acquire(timeout=5)
        assert not begun.acquire(timeout=0.1)
        go.set()
        return [answer.result(5)[2] for answer in answers]


def test_what_many_ask_for_at_once_is_made_once(service: Service) -> None:
    assert at_once(service, [{}] * 4, asked=1) == [b"answer"] * 4

    assert service.asked == ["GET"]


def test_nobody_waits_for_another_representation_or_in_a_longer_queue(service: Service) -> None:
    others = [{"HTTP_ACCEPT": "a"}, {"HTTP_ACCEPT_ENCODING": "gzip"}, {"QUERY_STRING": "a"}]

    at_once(service, [{}, *others], asked=4)
    at_once(service, [{"QUERY_STRING": "b"}] * 7, asked=3)

    assert len(service.asked) == 7


def test_who_waited_for_an_answer_that_is_not_kept_is_answered_by_the_application(service: Service) -> None:
    service.status = "503 SERVICE UNAVAILABLE"

    assert at_once(service, [{}] * 3, asked=1) == [b"answer"] * 3

    assert len(service.asked) == 3


def test_many_threads_share_it() -> None:
    cache = ResponseStore(50_000)
    failures: list[object] = []

    def work(seed: int) -> None:
        for step in range(2000):
            name = str((seed * step) % 97)
            found = cache.find((name,), {})
            if found is not None and found.body != name.encode() * 100:
                failures.append(name)
            cache.store((name,), {}, CachedResponse("200 OK", [], name.encode() * 100, ""))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in (3, 5, 7, 11)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert 0 < cache.size <= 50_000
