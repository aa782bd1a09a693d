"""The page as an application: alone, or mounted in the centre's server."""

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp

from server.progress import words
from server.progress.desk import ProgressDesk
from server.progress.guard import Guard
from server.progress.pages import notice_page
from server.progress.routes import progress_router


def progress_app(desk: ProgressDesk) -> ASGIApp:
    """The router with its guard and nothing else: no docs, no schema, no redirects."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    app.include_router(progress_router(desk))
    app.add_exception_handler(HTTPException, _told)
    app.add_exception_handler(Exception, _broken)
    return Guard(app, desk.monotonic)


async def _broken(request: Request, error: Exception) -> Response:
    return HTMLResponse(notice_page(words.BROKEN), 500)


async def _told(request: Request, error: Exception) -> Response:
    """An address or method that is not ours, as a page."""
    assert isinstance(error, HTTPException)
    notice = words.NO_PAGE if error.status_code == 404 else words.NOT_SO
    return HTMLResponse(notice_page(notice), error.status_code, error.headers)
