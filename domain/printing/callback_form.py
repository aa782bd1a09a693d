"""回访登记表: the sheets for a round of calls without a computer. Times are local text.

Unlike other papers it shows whole phone numbers, since they are what it is for; it is no snapshot and is kept nowhere.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FormRow:
    """One task. ``code`` is its QR text; ``group`` a sample group, ``board`` a name, ``matter`` an excerpt."""

    code: str
    number: str
    applicant: str
    contact: str
    phone: str
    matter: str
    board: str
    group: str
    due: str
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class CallbackForm:
    """All sheets: where, when, who calls, and the tasks in the order in which they are due."""

    site: str
    printed_at: str
    caller: str
    rows: tuple[FormRow, ...]
