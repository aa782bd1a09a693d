"""What the first field holds: a credit code with its verdict, or a name to look for."""

from dataclasses import dataclass

from desktop.messages import sentence
from desktop.messages.uscc import BODIES, KINDS, warning_sentences
from domain.enterprises import credit_code
from domain.enterprises.credit_code import CreditCode
from domain.errors import AppError

_SHORTEST = 6


@dataclass(frozen=True, slots=True)
class Verdict:
    """``code`` is set where it is right. ``wrong`` says why it is not, ``offer`` what was probably meant.

    ``is_code`` is False for a name or initials; a code that is still being typed has neither ``code`` nor ``wrong``.
    """

    is_code: bool
    code: str = ""
    hint: str = ""
    warning: bool = False
    wrong: str = ""
    offer: str = ""


def judge(text: str, *, finished: bool = False) -> Verdict:
    """The verdict on ``text``; ``finished`` when nobody is typing any more, so that a short code is wrong too."""
    code = credit_code.normalize(text)
    if not looks_like_code(code):
        return Verdict(is_code=False)
    if len(code) < credit_code.LENGTH and not finished:
        return Verdict(is_code=True, hint=f"已输入 {len(code)} / {credit_code.LENGTH} 位")
    try:
        return _good(credit_code.parse(text))
    except AppError as error:
        return Verdict(is_code=True, wrong=sentence(error), offer=str(error.params.get("suggestion", "")))


def looks_like_code(normalized: str) -> bool:
    """Whether somebody is typing a code rather than a name or pinyin initials."""
    return (
        len(normalized) >= _SHORTEST
        and normalized.isascii()
        and normalized.isalnum()
        and sum(c.isdigit() for c in normalized) >= _SHORTEST - 2
    )


def _good(code: CreditCode) -> Verdict:
    warnings = warning_sentences(code)
    about = f"代码有效 · {BODIES[code.body]} · {KINDS[code.kind]}"
    return Verdict(
        is_code=True,
        code=code.code,
        hint="".join([about, *(f"。{w}" for w in warnings)]),
        warning=bool(warnings),
    )
