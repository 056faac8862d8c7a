"""`/sign-in`, `/open/...` and `/sign-out`."""

from __future__ import annotations

import secrets

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from service.auth import KeyRing
from service.dashboard import session as sessions
from service.dashboard.page import PageRoute, field_of, go_to, page
from service.errors import Problem
from service.limits import RateLimiter
from service.state import Service

router = APIRouter(route_class=PageRoute, include_in_schema=False)
_WRONG = "That key opens nothing: it is mistyped, revoked or over. Ask whoever runs this service for another one."
_USED = "That link was used before, or is older than a quarter of an hour. Sign in with a key, or start the service again for a new link."


@router.get("/sign-in")
def sign_in_form(request: Request, back: str = "") -> Response:
    """The form for a key."""
    return go_to(_inside(back)) if request.state.visit is not None else _form(request, back)


@router.post("/sign-in")
async def sign_in(request: Request) -> Response:
    """A key was shown."""
    service: Service = request.app.state.service
    ring: KeyRing = request.app.state.keys
    limiter: RateLimiter = request.app.state.limiter
    limiter.take(f"address {request.client.host if request.client else ''}")
    caller = await run_in_threadpool(ring.check, field_of(request, "key"))
    back = field_of(request, "back")
    if caller is None:
        return await run_in_threadpool(_form, request, back, _WRONG, 401)
    response = go_to(_inside(back))
    sessions.begin(response, request, service, caller)
    return response


@router.get("/open/{token}")
def open_link(request: Request, token: str) -> Response:
    """A link that signs in once. The page that comes leads on by itself: a cookie is not sent when another site leads here."""
    service: Service = request.app.state.service
    caller = sessions.follow_link(service, token)
    if caller is None:
        return _form(request, "", _USED, 401)
    response = page(request, "opened.html", {"title": "Signed in"})
    sessions.begin(response, request, service, caller)
    return response


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    """The end of a visit."""
    if request.state.visit is None:
        raise Problem(401, "you are not signed in")
    response = go_to("/sign-in")
    sessions.end(response)
    return response


def _form(request: Request, back: str, wrong: str = "", status: int = 200) -> Response:
    service: Service = request.app.state.service
    nonce = request.cookies.get(sessions.FORM_COOKIE) or secrets.token_hex(16)
    token = sessions.form_token(service, nonce)
    response = page(request, "sign_in.html", {"title": "Sign in", "back": _inside(back), "wrong": wrong, "csrf": token}, status)
    secure = sessions.is_https(request)
    response.set_cookie(sessions.FORM_COOKIE, nonce, httponly=True, samesite="strict", secure=secure, path="/sign-in")
    return response


def _inside(back: str) -> str:
    """Where to go on: an address of this service, whatever the form says."""
    is_own = back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable()
    return back if is_own and not back.startswith(("/open/", "/sign-")) else "/"
