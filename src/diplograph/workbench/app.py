"""Application of the workbench: pages and JSON for one browser on this machine, which has the token."""

import hmac
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from diplograph.changes.drafting import SORTS
from diplograph.errors import DiplographError, DoesNotConform, Forbidden, Unauthorized, UnknownResource
from diplograph.namespaces import in_space
from diplograph.web import BUILT, built
from diplograph.web.headers import NO_STORE, POLICY
from diplograph.workbench.entries import Entry, class_of
from diplograph.workbench.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MOST_BYTES = 1 << 20
USUAL = ("act", "claim", "sanction")
"""What a passage says most often, in the order in which it is offered."""
HEADERS = (
    ("Cache-Control", NO_STORE),
    ("Content-Security-Policy", POLICY),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
)


def create_workbench(workspace: Workspace, token: str, port: int) -> Flask:
    """Return the application for a workspace, at a port of the loopback interface.

    It answers who sends the token, as a cookie that the address with the token sets. Requests that another
    page makes, or that come under another name of this machine, are refused.
    """
    app = Flask(__name__, static_folder=str(BUILT.parent), static_url_path="/static")
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    guard = _Guard(token, port)
    app.before_request(guard.check)
    app.after_request(_with_headers)
    app.register_error_handler(DiplographError, _problem)
    app.jinja_env.globals["asset"] = _asset
    _Pages(workspace).mount(app)
    app.wsgi_app = _in_space(workspace, app.wsgi_app)  # type: ignore[method-assign]
    return app


class _Guard:
    """Lets in who has the token, under the address of this machine, and nobody's pages but our own."""

    def __init__(self, token: str, port: int) -> None:
        self._token, self._cookie = token, f"diplograph-{port}"
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}

    def check(self) -> AnyResponse | None:
        if request.host not in self._hosts:
            raise Forbidden("The workbench answers under the address that it printed.")
        given = request.args.get("token")
        if request.method == "GET" and request.path == "/" and given is not None and self._is_token(given):
            return self._entered()
        if not self._is_token(request.cookies.get(self._cookie, "")):
            raise Unauthorized("Open the address that `diplograph curate` printed.")
        if request.method != "GET" and request.headers.get("Origin") != f"http://{request.host}":
            raise Forbidden("Only the workbench's own pages may change something.")
        return None

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self._token.encode())

    def _entered(self) -> AnyResponse:
        response = redirect("/")
        response.set_cookie(self._cookie, self._token, httponly=True, samesite="Strict")
        return response


class _Pages:
    """The pages, and what they ask for."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def mount(self, app: Flask) -> None:
        rules: tuple[tuple[str, str, Callable[..., Any]], ...] = (
            ("GET", "/", self.articles),
            ("GET", "/articles/<slug>", self.article),
            ("GET", "/articles/<slug>/text", self.text),
            ("GET", "/texts/<file>", self.unrecorded),
            ("GET", "/forms/<sort>", self.form),
            ("GET", "/suggestions", self.suggestions),
            ("POST", "/articles/<slug>/preview", self.preview),
            ("POST", "/articles/<slug>/accept", self.accept),
            ("POST", "/texts/<file>/record", self.record),
            ("POST", "/undo", self.undo),
        )
        for method, rule, view in rules:
            app.add_url_rule(rule, endpoint=f"{view.__name__}", view_func=view, methods=[method])

    def articles(self) -> str:
        with self._workspace.at_hand():
            found = self._workspace.articles()
        return render_template("articles.html", articles=found, folder=self._workspace.sources)

    def article(self, slug: str) -> str:
        sorts = [*USUAL, *(name for name in SORTS if name not in {*USUAL, "source"})]
        with self._workspace.at_hand():
            label = self._workspace.article_label(slug)
        return render_template("article.html", slug=slug, label=label, sorts=sorts)

    def unrecorded(self, file: str) -> str:
        return render_template("unrecorded.html", file=file)

    def text(self, slug: str) -> dict[str, Any]:
        with self._workspace.at_hand():
            return self._workspace.article(slug)

    def form(self, sort: str) -> dict[str, Any]:
        if sort not in SORTS:
            raise UnknownResource(f"There is no sort {sort[:80]}.")
        group = class_of(self._workspace.form, sort, request.args.get("class", ""))
        with self._workspace.at_hand():
            return self._workspace.describe_form(sort, group)

    def suggestions(self) -> dict[str, Any]:
        named = {name: request.args.get(name, "") for name in ("sort", "class", "field", "q")}
        group = class_of(
            self._workspace.form, named["sort"] if named["sort"] in SORTS else "act", named["class"]
        )
        with self._workspace.at_hand():
            return {"found": self._workspace.suggest(group, named["field"], named["q"])}

    def preview(self, slug: str) -> dict[str, Any]:
        with self._workspace.at_hand():
            return self._workspace.preview(self._entry(), slug)

    def accept(self, slug: str) -> dict[str, Any]:
        with self._workspace.at_hand():
            return self._workspace.accept(self._entry(), slug)

    def record(self, file: str) -> dict[str, Any]:
        with self._workspace.at_hand():
            return self._workspace.record(file, self._entry())

    def undo(self) -> dict[str, Any]:
        members = request.get_json()
        number = members.get("change") if isinstance(members, dict) else None
        if not isinstance(number, int) or isinstance(number, bool) or number < 1:
            raise UnknownResource("There is no such change.")
        with self._workspace.at_hand():
            return self._workspace.undo(number)

    def _entry(self) -> Entry:
        return Entry.read(request.get_json(), self._workspace.form)


def _asset(name: str) -> str | None:
    """The address of a script or style sheet, None where the front-end was not built."""
    files = built()
    return f"/static/built/{files[name]}" if name in files else None


def _with_headers(response: Response) -> Response:
    for name, value in HEADERS:
        response.headers[name] = value
    return response


def _problem(error: DiplographError) -> tuple[dict[str, Any], int]:
    members: dict[str, Any] = {"title": error.title, "detail": error.detail, "hint": error.hint}
    if isinstance(error, DoesNotConform):
        members["remarks"] = error.facts.get("remarks") or _remarks(error.facts.get("report"))
    return members, error.status


def _remarks(report: Any) -> list[dict[str, Any]]:
    """The violations of a report as remarks on the whole entry."""
    found = report.get("findings", []) if isinstance(report, dict) else []
    return [
        {"field": "", "severity": one["severity"], "text": one["message"], "cure": one["cure"], "near": []}
        for one in found
    ]


def _in_space(workspace: Workspace, inner: Callable[..., Any]) -> Callable[..., Any]:
    """The application, with the names of things those of its knowledge base, whatever thread it runs in."""

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
        with in_space(workspace.base.base):
            found: Iterable[bytes] = inner(environ, start_response)
            return found

    return answer
