"""What is proposed where the clerk says nothing."""

import pytest

from domain.cases.model import ApplicantKind, CaseKind, LimitClass
from domain.cases.proposing import (
    propose_applicant_kind,
    propose_in_pool,
    propose_kind,
    propose_limit,
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("我要投诉窗口态度太差", CaseKind.COMPLAINT),
        ("举报物业乱收费", CaseKind.COMPLAINT),
        ("建议园区增加公交班次", CaseKind.SUGGESTION),
        ("技改补贴怎么申请", CaseKind.CONSULTATION),
        ("开食堂要什么手续？", CaseKind.CONSULTATION),
        ("厂区门口路灯坏了，请帮忙协调", CaseKind.REQUEST),
    ],
)
def test_kind_by_words(text: str, kind: CaseKind) -> None:
    assert propose_kind(text, package=None, item_chosen=False) is kind


def test_a_chosen_package_or_item_decides() -> None:
    assert propose_kind("投诉", package="企业开办", item_chosen=True) is CaseKind.PACKAGE
    assert propose_kind("投诉", package=None, item_chosen=True) is CaseKind.ITEM


def test_limits() -> None:
    assert propose_limit(CaseKind.ITEM, 1, 5) is LimitClass.ITEM
    assert propose_limit(CaseKind.CONSULTATION, 1, None) is LimitClass.SIMPLE
    assert propose_limit(CaseKind.CONSULTATION, 2, None) is LimitClass.STANDARD
    assert propose_limit(CaseKind.REQUEST, 1, None) is LimitClass.STANDARD


def test_the_pool_holds_problems() -> None:
    assert {kind for kind in CaseKind if propose_in_pool(kind)} == {CaseKind.REQUEST, CaseKind.COMPLAINT}


@pytest.mark.parametrize(
    ("name", "uscc", "kind"),
    [
        ("杭州蓝鲸有限公司", "91330100MA2H0KCB5W", ApplicantKind.ENTERPRISE),
        ("张三小吃店", "92330100MA2H0KCB5X", ApplicantKind.INDIVIDUAL),
        ("张三小吃店", None, ApplicantKind.INDIVIDUAL),
        ("云溪市五金商会", None, ApplicantKind.CHAMBER),
        ("云溪高新区管理委员会", None, ApplicantKind.PARK),
        ("", None, ApplicantKind.ENTERPRISE),
    ],
)
def test_applicant_by_name_and_code(name: str, uscc: str | None, kind: ApplicantKind) -> None:
    assert propose_applicant_kind(name, uscc) is kind
