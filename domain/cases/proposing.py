"""What is proposed where the clerk has said nothing: kind, limit class, flags. All of it can be changed."""

import re

from domain.cases.model import ApplicantKind, CaseKind, LimitClass

_COMPLAINT = re.compile(
    r"投诉|举报|控告|乱收费|刁难|推诿|踢皮球|态度(太|很|特别|非常)?差|不作为|吃拿卡要|索要好处"
)
_SUGGESTION = re.compile(r"建议|希望(政府|园区|部门|能出台|出台)|提个意见|提点意见")
_QUESTION = re.compile(
    r"[?？吗么伐]$|怎么(办|弄|走|申|报|查|做|个)|如何|咋(办|弄|整)?|哪里|哪儿|哪个(部门|窗口)|去哪|找谁|"
    r"要(什么|啥|哪些)|需要(什么|哪些|啥)|是不是|能不能|有没有|多少|多久|几天|什么条件|啥条件|想(问|了解|咨询)|请问|咨询"
)
_INDIVIDUAL = re.compile(r"个体(工商)?户|经营部$|商行$|小吃店$|便利店$|理发店$|服装店$|饭店$|餐馆$")
_CHAMBER = re.compile(r"(商会|协会|联合会)$")
_PARK = re.compile(r"(园区|开发区|产业园|管委会|高新区|集聚区)(管理委员会|管委会)?$")


def propose_kind(text: str, *, package: str | None, item_chosen: bool) -> CaseKind:
    """诉求类型 by the words of the matter."""
    if package:
        return CaseKind.PACKAGE
    if item_chosen:
        return CaseKind.ITEM
    if _COMPLAINT.search(text):
        return CaseKind.COMPLAINT
    if _SUGGESTION.search(text):
        return CaseKind.SUGGESTION
    return CaseKind.CONSULTATION if _QUESTION.search(text.rstrip("。.!！ ")) else CaseKind.REQUEST


def propose_limit(kind: CaseKind, boards: int, days: int | None) -> LimitClass:
    """时限: promised days where a catalogue gives them; a question is simple; all else is standard."""
    if days is not None:
        return LimitClass.ITEM
    if kind is CaseKind.CONSULTATION and boards <= 1:
        return LimitClass.SIMPLE
    return LimitClass.STANDARD


def propose_in_pool(kind: CaseKind) -> bool:
    """涉企问题池 holds problems, not questions and services."""
    return kind in (CaseKind.REQUEST, CaseKind.COMPLAINT)


def propose_applicant_kind(name: str, uscc: str | None) -> ApplicantKind:
    """申请人类型 by the ending of the name and the registering body in the code."""
    if uscc and uscc.startswith("92"):
        return ApplicantKind.INDIVIDUAL
    if _CHAMBER.search(name):
        return ApplicantKind.CHAMBER
    if _PARK.search(name):
        return ApplicantKind.PARK
    if not uscc and _INDIVIDUAL.search(name):
        return ApplicantKind.INDIVIDUAL
    return ApplicantKind.ENTERPRISE
