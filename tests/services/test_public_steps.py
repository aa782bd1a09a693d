"""What a case's applicant reads of its course, and what stays inside."""

import json
from dataclasses import asdict, replace
from typing import Any

from domain.cases.intake import ContactForm
from domain.staff import Actor, Role
from services.back_office.boards import receive_case
from services.case_steps import assign_boards, request_material
from services.cases import accept_case
from services.ratings import public_steps
from services.ratings.links import link_token, progress_by_link
from services.station import Station
from tests.fixed import form

CLERK = Actor("clerk")
POLICY = Actor("policy", Role.SPECIALIST, board="policy")


def shown(station: Station, case_id: str) -> tuple[public_steps.PublicStep, ...]:
    token = station.call(lambda uow, *_: link_token(uow, case_id))
    steps: tuple[public_steps.PublicStep, ...] = station.call(progress_by_link, token).steps
    return steps


def lived(station: Station) -> str:
    case: Any = station.call(
        accept_case, form(contact=ContactForm(name="王晓岚", phone="13812345678")), as_actor=CLERK
    )
    station.call(receive_case, case.id, as_actor=POLICY)
    station.call(request_material, case.id, ("秘密的章程",), as_actor=CLERK)
    station.call(assign_boards, case.id, ("policy", "project"), as_actor=CLERK)
    return str(case.id)


def test_steps_name_boards_and_no_word_of_anybody(station: Station) -> None:
    steps = shown(station, lived(station))
    assert [(step.code, step.boards) for step in steps] == [
        ("accepted", ("政策服务板块",)),
        ("material_requested", ()),
        ("assigned", ("政策服务板块", "项目服务板块")),
    ]
    told = json.dumps([asdict(step) for step in steps], ensure_ascii=False)
    assert not [text for text in ("王晓岚", "1381234", "秘密", "clerk", "林晓") if text in told]


def test_what_no_longer_fits_is_not_told(station: Station) -> None:

    case_id = lived(station)
    case = station.call(lambda uow, *_: uow.case(case_id))
    unfit = replace(case, unfit=((case.timeline[-1].event, "closed"),))
    steps = station.call(lambda uow, *_: public_steps.public_steps(uow, unfit))
    assert [step.code for step in steps] == ["accepted", "material_requested"]
