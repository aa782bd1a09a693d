"""Steps that go on until a day: the day is typed, its closing time is what counts."""

from dataclasses import replace

from db.unit_of_work import UnitOfWork
from domain.cases.model import Case
from domain.clock import Clock
from domain.staff import Actor
from services.back_office.boards import ConsultationForm, plan_solution, record_consultation
from services.back_office.timing import ask_extension, end_of_day


def plan_until(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, text: str, day: str) -> Case:
    """``plan_solution`` until the end of ``day`` (``2026-11-30``); ``cases.until_invalid``."""
    return plan_solution(uow, clock, actor, key, text, end_of_day(uow, clock, actor, day))


def ask_extension_until(uow: UnitOfWork, clock: Clock, actor: Actor, key: str, day: str, reason: str) -> Case:
    """``ask_extension`` until the end of ``day``; ``cases.until_invalid``."""
    return ask_extension(uow, clock, actor, key, end_of_day(uow, clock, actor, day), reason)


def consult_until(
    uow: UnitOfWork, clock: Clock, actor: Actor, key: str, typed: ConsultationForm, day: str = ""
) -> Case:
    """``record_consultation`` of what is to be done until the end of ``day``, if one was agreed on."""
    until = end_of_day(uow, clock, actor, day) if day else None
    return record_consultation(uow, clock, actor, key, replace(typed, until_ms=until))
