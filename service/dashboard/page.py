"""What all pages share: who looks at them, the layout, errors told as pages, and the headers that keep hostile text harmless."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import quote, urlencode

from fastapi import Depends
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from cs_nlp.errors import CsNlpError
from service.auth import Caller, allow
from service.dashboard import session as sessions
from service.dashboard.session import Session
from service.errors import Problem, problem_of
from service.logs import log_error
from service.state import Service

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
TOKEN_HEADER: Final = "X-CSRF-Token"  # noqa: S105 - a name
TOKEN_FIELD: Final = "csrf"  # noqa: S105 - a name
_SAFE: Final = {"GET", "HEAD"}
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
_FILES: Final = 5000
_UNAUTHORISED: Final = 401
_TITLES: Final = {
    400: "This can't be understood",
    403: "Your key does not allow this",
    404: "There is nothing here",
    405: "This can't be done here",
    408: "This took too long to arrive",
    413: "This is too large",
    422: "This can't be used as it is",
    429: "Too many requests",
    503: "There is too much to do just now",
}

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who looks at a page.

    Attributes:
        service: what is open.
        caller: whose key it is.
        session: the visit.
    """

    service: Service
    caller: Caller
    session: Session

    @property
    def organisation(self) -> int:
        """Id of the organisation."""
        return self.caller.organisation

    def may(self, *scopes: str) -> bool:
        """Whether the key has one of some scopes."""
        return not self.caller.scopes.isdisjoint(scopes)


class PageRoute(APIRoute):
    """A route that answers with a page, also when something is wrong; forms must bring their token back."""

    def get_route_handler(self) -> Handler:
        """The handler."""
        plain = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                await _enter(request)
                response = await plain(request)
            except (HTTPException, RequestValidationError, CsNlpError) as error:
                response = error_page(request, problem_of(error))
            except Exception as error:  # noqa: BLE001 - whoever looks gets a page, the log gets the kind of error and never its words
                log_error("page failed", error, {"request_id": request.scope["state"]["request_id"]})
                response = error_page(request, problem_of(error))
            finally:
                await request.close()
            response.headers["Content-Security-Policy"] = POLICY
            response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
            response.headers["X-Frame-Options"] = "DENY"
            return response

        return handle


async def _enter(request: Request) -> None:
    """Find out who it is, read the form, and check that it comes from a page of this service.

    Raises:
        Problem: it does not.
    """
    service: Service = request.app.state.service
    session = sessions.find_session(request, service)
    caller = None
    if session is not None:
        caller = await run_in_threadpool(sessions.caller_of, service, session.organisation, session.key)
    request.state.visit = None
    if caller is not None and session is not None:
        request.app.state.limiter.take(caller.key)
        request.state.caller = caller
        request.state.visit = Visit(service, caller, session)
    if request.method in _SAFE:
        return
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise Problem(403, "this came from a page of another site, and was not done")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    form = FormData()
    if kind in _FORMS:
        if caller is None and kind == _FORMS[1]:
            raise Problem(_UNAUTHORISED, "you are not signed in any more")
        form = await request.form(max_files=_FILES, max_fields=_FILES)
    request.state.form = form
    said = request.cookies.get(sessions.FORM_COOKIE, "") if request.state.visit is None else request.state.visit.session.nonce
    given = request.headers.get(TOKEN_HEADER) or form.get(TOKEN_FIELD)
    if not said or not isinstance(given, str) or not hmac.compare_digest(given.encode(), sessions.form_token(service, said).encode()):
        raise Problem(403, "the page was too old, or this came from another site; go back, load the page anew and try again")


def visit_with(*scopes: str) -> Callable[[Request], Visit]:
    """A dependency: somebody who has signed in with a key that has one of some scopes; () for any."""

    def find(request: Request) -> Visit:
        visit: Visit | None = request.state.visit
        if visit is None:
            raise Problem(_UNAUTHORISED, "you are not signed in, or not any more")
        if scopes:
            allow(visit.caller, scopes)
        return visit

    return find


Anyone = Annotated[Visit, Depends(visit_with())]
Reader = Annotated[Visit, Depends(visit_with("read"))]
EvidenceReader = Annotated[Visit, Depends(visit_with("evidence"))]
Ingester = Annotated[Visit, Depends(visit_with("ingest"))]
Labeller = Annotated[Visit, Depends(visit_with("label"))]
Admin = Annotated[Visit, Depends(visit_with("admin"))]


def field_of(request: Request, name: str, longest: int = 500) -> str:
    """What was filled in, without blanks around it; "" where there is no such field.

    Raises:
        Problem: it is longer, or a file.
    """
    value = request.state.form.get(name, "")
    if not isinstance(value, str) or len(value) > longest:
        raise Problem(422, f"the field {name} holds more than {longest} characters, or a file")
    return value.strip()


def page(request: Request, template: str, facts: Mapping[str, object], status: int = 200) -> HTMLResponse:
    """A template, filled.

    Args:
        request: who asks.
        template: its file.
        facts: what it shows; `title` among it.
        status: of HTTP.
    """
    visit: Visit | None = getattr(request.state, "visit", None)
    own = {"visit": visit, "path": request.url.path, "csrf": "", "said": request.query_params.get("said", "")}
    if visit is not None:
        own["csrf"] = sessions.form_token(visit.service, visit.session.nonce)
    return HTMLResponse(ENVIRONMENT.get_template(template).render(own | dict(facts)), status)


def link(path: str, **query: object) -> str:
    """An address of a page; what is None or "" is left out, save a team, which may have no name."""
    asked = {name: value for name, value in query.items() if value is not None and (value != "" or name == "team")}
    return f"{quote(path)}?{urlencode(asked)}" if asked else quote(path)


def go_to(path: str, **query: object) -> RedirectResponse:
    """On to another page, after something was done."""
    return RedirectResponse(link(path, **query), 303)


def error_page(request: Request, problem: Problem) -> Response:
    """An error as a page; who is not signed in is asked to. Scripts get the same as a sentence of plain text."""
    wants_page = "text/html" in request.headers.get("accept", "") and request.headers.get("x-requested-with") is None
    if not wants_page:
        return Response(problem.detail, problem.status_code, dict(problem.headers or {}), "text/plain")
    if problem.status_code == _UNAUTHORISED:
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return go_to("/sign-in", back=back if request.method in _SAFE and back != "/" else None)
    title = _TITLES.get(problem.status_code, "Something went wrong")
    shown = page(request, "error.html", {"title": title, "detail": _sentence(problem.detail)}, problem.status_code)
    shown.headers.update(problem.headers or {})
    return shown


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def _environment() -> Environment:
    """The pages' templates, and those of the report, which they share."""
    loader = ChoiceLoader([PackageLoader("service.dashboard"), PackageLoader("cs_nlp.report")])
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.globals["link"] = link
    return made


ENVIRONMENT: Final = _environment()
