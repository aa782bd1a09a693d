"""``/p/{token}``: the page, and the form that it sends."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from domain.errors import AppError
from domain.ratings.decide import MAX_WORDS
from server.progress import words
from server.progress.asked import NotAForm, RatingForm, read_form, sender
from server.progress.desk import ProgressDesk, TooOftenError
from server.progress.pages import Typed, notice_page, progress_page
from services.slip_links import PATH

_TROUBLE = {
    "ratings.rated_already": words.RATED_BEFORE,
    "ratings.not_closed": words.NOT_CLOSED,
    "ratings.form_stale": words.STALE,
    "ratings.words_too_long": words.WORDS_TOO_LONG.format(limit=MAX_WORDS),
}


def progress_router(desk: ProgressDesk) -> APIRouter:
    """The two routes over ``desk``."""
    router = APIRouter(include_in_schema=False)

    @router.api_route(f"{PATH}{{token}}", methods=["GET", "HEAD"], response_class=HTMLResponse)
    async def show(request: Request, token: str) -> Response:
        try:
            page = await desk.page(sender(request), token)
        except (AppError, TooOftenError) as error:
            return _refused(error)
        return HTMLResponse(progress_page(page, thanks="thanks" in request.query_params))

    @router.post(f"{PATH}{{token}}", response_class=HTMLResponse)
    async def rate(request: Request, token: str) -> Response:
        try:
            await desk.allow_rating(sender(request), token)
            return await _take(desk, sender(request), token, await read_form(request))
        except (AppError, TooOftenError) as error:
            return _refused(error)
        except NotAForm as error:
            notice, status = (words.TOO_LARGE, 413) if error.too_large else (words.NOT_A_FORM, 400)
            # What is left of the body is not read; the connection ends with the answer.
            return HTMLResponse(notice_page(notice), status, {"connection": "close"})

    return router


async def _take(desk: ProgressDesk, address: str, token: str, form: RatingForm) -> Response:
    if form.level is None:
        return await _again(desk, address, token, form, words.NO_LEVEL, 422)
    try:
        await desk.rate(address, token, form.stamp, form.level, form.text)
    except AppError as error:
        if error.code not in _TROUBLE:
            raise
        status = 422 if error.code == "ratings.words_too_long" else 409
        return await _again(desk, address, token, form, _TROUBLE[error.code], status)
    # A page to come back to: reloading it sends nothing. The address is the same but for its query.
    return RedirectResponse("?thanks", 303)


async def _again(
    desk: ProgressDesk, address: str, token: str, form: RatingForm, trouble: str, status: int
) -> Response:
    page = await desk.page(address, token)
    return HTMLResponse(progress_page(page, typed=Typed(trouble, form.level, form.text)), status)


def _refused(error: AppError | TooOftenError) -> Response:
    if isinstance(error, TooOftenError):
        return HTMLResponse(notice_page(words.TOO_OFTEN), 429, {"retry-after": str(error.wait_s)})
    if error.code == "ratings.link_invalid":
        return HTMLResponse(notice_page(words.NOT_FOUND), 404)
    if error.code.startswith("storage."):
        return HTMLResponse(notice_page(words.BUSY), 503, {"retry-after": "60"})
    raise error
