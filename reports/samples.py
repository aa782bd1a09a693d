"""A made-up case on every paper, to see how the site's words look before they are published."""

from dataclasses import replace
from typing import Any

from domain.printing.dossier import Dossier, DossierFile, HistoryStep, PrintedPaper
from domain.printing.loop_papers import (
    AssignmentSlip,
    ConsultationMinutes,
    FeedbackSlip,
    Handover,
    Meeting,
    RatingForm,
    SupervisionSlip,
    TransferSlip,
    UrgingSlip,
    WorkShare,
)
from domain.printing.papers import (
    Applicant,
    BoardRole,
    BoardShare,
    CasePaper,
    CaseSlip,
    LinkState,
    Material,
    OneTimeNotice,
    PrintMark,
    Representative,
    SitePlace,
)

_DAY, _CLOSED, _DUE = "2026-11-18 10:05", "2026-11-20 15:40", "2026-11-23 17:00"
_ANSWER = "经核对，贵公司符合技改补贴申报条件，申报材料已收齐并提交，补贴将在公示期满后拨付。"
_LEAD = WorkShare(
    board="政策服务",
    role=BoardRole.LEAD,
    department="区经信局",
    task="核对申报条件",
    state="answered",
    handler="周专员",
    assigned_at=_DAY,
    received_at=_DAY,
    answered_at=_CLOSED,
    answer=_ANSWER,
    spent_min=190,
)
_ASSIST = replace(
    _LEAD, board="科创服务", role=BoardRole.ASSIST, department="区科技局", task="核实研发投入", answer=""
)
_SHARES = _LEAD, _ASSIST
_PROMISED: dict[str, Any] = {
    "accepted_at": _DAY,
    "limit": "standard",
    "limit_days": 3,
    "due": _DUE,
    "scope": "point",
}
_MEETINGS = (
    Meeting(
        _CLOSED,
        ("政策服务", "科创服务"),
        (),
        ("周专员", "吴专员"),
        "由政策服务板块牵头核对，三日内答复。",
        _DUE,
    ),
)
_HANDOVERS = (
    Handover(_DAY, "assignment_returned", "人才服务", reason="不属于本板块职责", by="郑专员"),
    Handover(_DAY, "case_transferred", "人才服务", "政策服务", "技改补贴由政策服务板块办理", by="林窗口"),
)
_TOLD = {"told_at": _CLOSED, "told_by": "phone", "told": "王晓"}
_ENDED: dict[str, Any] = {
    "answer": _ANSWER,
    "resolved_at": _CLOSED,
    "in_time": True,
    "spent_min": 1290,
    **_TOLD,
}
_URGED: dict[str, Any] = {
    "age_min": 1290,
    "issued_by": "陈督办",
    "demand": "请于本周五前联系企业，答复补贴到账时间，并说明进展。",
    "reply_by": "2026-11-20 17:00",
}


def sample_paper(paper: str, site: SitePlace, printed_at: str) -> CasePaper:
    """``paper`` of a case that never was, at ``site``. KeyError for a paper that there is not."""
    kind, own = _OWN[paper]
    snapshot: CasePaper = kind(
        site=site,
        number="XX261118AB0017K",
        applicant=Applicant("杭州蓝鲸智能装备有限公司（样张）", "91330100MA2H0KCB5W", "enterprise"),
        kind="request",
        channel="window",
        matter="想申请今年的技改补贴，请专人看一下材料。",
        clerk="林窗口",
        window="3",
        mark=PrintMark(1, printed_at, LinkState.SYNCED),
        representative=Representative("王晓", "13812345678", "agent"),
        materials=(Material("营业执照副本"),),
        qr="QIFU-SAMPLE",
        **own,
    )
    return snapshot


_LOOP = {**_PROMISED, "shares": _SHARES}
_OWN: dict[str, tuple[Any, dict[str, Any]]] = {
    CaseSlip.PAPER: (
        CaseSlip,
        {**_PROMISED, "boards": (BoardShare("政策服务", BoardRole.LEAD, "区经信局"),)},
    ),
    OneTimeNotice.PAPER: (
        OneTimeNotice,
        {"noticed_at": _DAY, "missing": (Material("上年度审计报告"), Material("设备购置发票"))},
    ),
    AssignmentSlip.PAPER: (AssignmentSlip, {**_LOOP, "assigned_at": _DAY, "origin": "assigned"}),
    TransferSlip.PAPER: (TransferSlip, {**_LOOP, "handovers": _HANDOVERS}),
    UrgingSlip.PAPER: (UrgingSlip, {**_LOOP, **_URGED, "alert": "amber", "over_min": -240}),
    SupervisionSlip.PAPER: (SupervisionSlip, {**_LOOP, **_URGED, "alert": "yellow", "over_min": 180}),
    ConsultationMinutes.PAPER: (ConsultationMinutes, {**_LOOP, "meetings": _MEETINGS}),
    FeedbackSlip.PAPER: (FeedbackSlip, {**_LOOP, **_ENDED}),
    RatingForm.PAPER: (RatingForm, {"resolved_at": _CLOSED}),
    Dossier.PAPER: (
        Dossier,
        {
            **_LOOP,
            **_ENDED,
            "state": "archived",
            "history": (
                HistoryStep(_DAY, "林窗口", "case_assigned", facts=(("boards", "政策服务、科创服务"),)),
                HistoryStep(_CLOSED, "周专员", "case_resolved", text=_ANSWER),
            ),
            "meetings": _MEETINGS,
            "prints": (PrintedPaper("case_slip", 1), PrintedPaper("feedback_slip", 1)),
            "files": (DossierFile("0" * 64, "样张.docx", 20_480, "application/msword"),),
        },
    ),
}
