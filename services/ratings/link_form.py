"""The form of the page behind a slip's link: one form gives one rating, however often it is sent.

No cookie and nothing kept: the form carries a stamp that names its end and is authenticated together with the case
and the stage it was made for (RFC 2104, HMAC-SHA-256). What was given ends the stage, and with it every stamp.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass

from db.unit_of_work import UnitOfWork
from domain.cases.model import Case
from domain.cases.wording import clean
from domain.clock import Clock
from domain.errors import AppError
from domain.ratings.model import RatingSource
from domain.staff import Actor
from services.ratings.links import Progress, Stage, case_of_link, progress_by_link, rate_by_link, stage_of
from services.station import reads

FORM_MS = 24 * 3_600_000
"""How long a page may lie open before its form has to be asked for again."""
_PURPOSE = b"qifu:rating-form:1:"
_MAC_BYTES = 16
MAX_STAMP = 64


@dataclass(frozen=True, slots=True)
class LinkPage:
    """What the page shows and, where a rating may be given, the stamp of its form (else empty)."""

    progress: Progress
    stamp: str


@reads
def page_by_link(uow: UnitOfWork, clock: Clock, actor: Actor, token: str) -> LinkPage:
    """``progress_by_link`` with a fresh stamp; ``ratings.link_invalid``."""
    progress = progress_by_link(uow, clock, actor, token)
    if not progress.may_rate:
        return LinkPage(progress, "")
    case = case_of_link(uow, clock, token)
    return LinkPage(progress, _stamp(uow, case, progress.stage, clock.now_ms() + FORM_MS))


def rate_by_form(
    uow: UnitOfWork, clock: Clock, actor: Actor, token: str, stamp: str, level: int, text: str = ""
) -> bool:
    """Take the rating that a form sends; False where the same one has been taken already.

    ``ratings.link_invalid``, ``ratings.form_stale``, ``ratings.rated_already``, ``ratings.not_closed`` and what
    ``rate_by_link`` finds wrong with the words.
    """
    case = case_of_link(uow, clock, token)
    if _fits(uow, case, stage_of(uow, case), stamp, clock.now_ms()):
        rate_by_link(uow, clock, actor, token, level, text=text)
        return True
    if _is_last(uow, case, level, text):
        return False
    _refuse(uow, case)
    raise AppError("ratings.form_stale")


def _refuse(uow: UnitOfWork, case: Case) -> None:
    """Why no form fits now, if none does."""
    if stage_of(uow, case) is Stage.NONE:
        if uow.ratings.of_subject(case.id) is not None:
            raise AppError("ratings.rated_already")
        raise AppError("ratings.not_closed", number=case.number)


def _is_last(uow: UnitOfWork, case: Case, level: int, text: str) -> bool:
    """Whether the form was sent twice: what it says is what the link gave last."""
    row = uow.ratings.of_subject(case.id)
    if row is None:
        return False
    rating = uow.rating(row.id)
    last = rating.second or rating.opinion
    return (last.source, last.level, last.text) == (RatingSource.LINK, level, clean(text).text)


def _stamp(uow: UnitOfWork, case: Case, stage: Stage, ends_at: int) -> str:
    return f"{ends_at:x}.{_mac(uow, case, stage, ends_at)}"


def _fits(uow: UnitOfWork, case: Case, stage: Stage, stamp: str, now_ms: int) -> bool:
    ends, _, _ = stamp.partition(".")
    if stage is Stage.NONE or len(stamp) > MAX_STAMP or not stamp.isascii():
        return False
    try:
        ends_at = int(ends, 16)
    except ValueError:
        return False
    genuine = hmac.compare_digest(_stamp(uow, case, stage, ends_at), stamp)
    return genuine and now_ms < ends_at


def _mac(uow: UnitOfWork, case: Case, stage: Stage, ends_at: int) -> str:
    # A key of its own purpose, so that what the device signs and what it stamps can never be taken for each other.
    seed = uow.device_secrets.get(uow.events.node.device)
    if seed is None:
        raise AppError("ratings.link_invalid")
    key = hmac.digest(seed, _PURPOSE, hashlib.sha256)
    said = f"{case.id}:{stage.value}:{ends_at}".encode()
    return base64.urlsafe_b64encode(hmac.digest(key, said, hashlib.sha256)[:_MAC_BYTES]).rstrip(b"=").decode()
