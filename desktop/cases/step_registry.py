"""Which form each step has, which steps need none, and in which order they are offered."""

from collections.abc import Callable
from typing import Any

from desktop import words
from desktop.cases import board_forms, desk_forms, time_forms
from desktop.cases.step_form import StepForm
from services import case_steps
from services.back_office import boards, closing, timing

FOR_FILES = "attach"
AT_ONCE: dict[str, Callable[..., Any]] = {
    "receive": boards.receive_case,
    "archive": closing.archive_case,
}
"""Steps that need nothing: one press."""
_TEXT = desk_forms.TextForm
_REASON = time_forms.ReasonForm
FORMS: dict[str, Callable[[], StepForm]] = {
    "answer": lambda: _TEXT("答复内容", case_steps.answer_case),
    "partial": lambda: _TEXT(
        "现在能答复的部分", boards.answer_partly, about="先答复能答的，其余继续办理；最后还要有一次答复。"
    ),
    "plan": board_forms.PlanForm,
    "take": board_forms.TakeForm,
    "return": board_forms.ReturnForm,
    "decide_return": board_forms.DecideReturnForm,
    "assign": desk_forms.BoardsForm,
    "transfer": board_forms.TransferForm,
    "add_assist": board_forms.AddAssistForm,
    "remove_assist": board_forms.RemoveAssistForm,
    "notice": lambda: _TEXT("缺少的材料（一行一项）", case_steps.request_material, in_lines=True),
    "receive_material": lambda: _TEXT("收到的材料（一行一项）", case_steps.receive_material, in_lines=True),
    "suspend": time_forms.SuspendForm,
    "resume": lambda: _REASON(timing.resume_case, "说明（可不填）"),
    "extend": time_forms.ExtendForm,
    "decide_extension": time_forms.DecideExtensionForm,
    "limit": time_forms.LimitForm,
    "escalate": lambda: _REASON(
        timing.escalate_case, about="由诉求（兜底）板块牵头，疑难时限从现在起算，总用时照样显示。"
    ),
    "pass_up": lambda: _REASON(
        timing.pass_up_case, about="一般问题不出园区：上报要写明理由，之后由上级网点负责。"
    ),
    "consult": board_forms.ConsultForm,
    "resolve": time_forms.ResolveForm,
    "feedback": time_forms.FeedbackForm,
    "reopen": lambda: _REASON(closing.reopen_case, about="期限从现在重新计算，办结后必定回访。"),
    "decline": lambda: _TEXT("不予受理的理由", case_steps.decline_case),
    "withdraw": lambda: _TEXT("撤回的理由", case_steps.withdraw_case),
    "link": lambda: desk_forms.OtherCaseForm("与哪一件关联（编号）", case_steps.link_cases),
    "merge": lambda: desk_forms.OtherCaseForm("并入哪一件（编号）", case_steps.merge_case),
    "flag": desk_forms.FlagForm,
    "correct_contact": desk_forms.CorrectContact,
}
SELDOM = frozenset(
    {"link", "merge", "flag", "correct_contact", "withdraw", "decline", "limit", "pass_up", "reopen"}
)
"""Steps that stand under 更多 even where they may be taken."""
ORDER = (
    *("receive", "answer", "partial", "plan", "take", "return", "decide_return", "assign", "transfer"),
    *("add_assist", "remove_assist", "notice", "receive_material", "suspend", "resume", "extend"),
    *("decide_extension", "escalate", "consult", "resolve", "feedback", "archive", FOR_FILES),
    *("reopen", "limit", "pass_up", "flag", "correct_contact", "link", "merge", "decline", "withdraw"),
)


def step_word(code: str, *, by_board: bool) -> str:
    """The word of a step; a board's answer does not close the case."""
    return words.BOARD_ANSWER if code == "answer" and by_board else words.word(words.ACTIONS, code)
