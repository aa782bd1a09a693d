"""Prints the table of allowed moves into ``docs/case-moves.md``: ``python tools/make_case_moves.py``.

``tests/unit/test_moves.py`` compares the page with the table.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from domain.cases.model import OPEN_STATES, RUNNING_STATES, CaseState  # noqa: E402
from domain.cases.moves import BEGUN, MOVES, TOLD_STATES, UNBEGUN, WHY, Move, Who  # noqa: E402
from domain.cases.states import open_state, owner  # noqa: E402

PAGE = ROOT / "docs" / "case-moves.md"

_GROUPS = {
    "all": frozenset(CaseState),
    "open": OPEN_STATES,
    "running": RUNNING_STATES,
    "begun": BEGUN,
    "unbegun": UNBEGUN,
    "told": TOLD_STATES,
}
_WHO = {
    Who.ANYONE: "anyone",
    Who.DESK: "desk: clerk, supervisor, admin",
    Who.OWN: "specialist or chief of a board that has a share",
    Who.OWN_CHIEF: "chief of a board that has a share",
    Who.LEAD: "specialist or chief of the leading board",
    Who.LEAD_CHIEF: "chief of the leading board",
    Who.SUPERVISOR: "supervisor, admin",
}
_HEAD = """# Allowed moves of a case

Printed by `tools/make_case_moves.py` from `domain/cases/moves.py`; do not edit by hand. Deciding, folding, permissions
and the page's "why not" read the same table. A move stands once for each kind of people that may take it; where several
rows refuse, the reason of the one that comes nearest is told.

Groups of states: {groups}.

"""
_FOOT = """
Reasons: somebody whose role has no row is told `permission.denied`; one of a board without a share
`cases.not_your_board`; one of an assisting board where the lead decides `cases.not_the_lead`. A state without row:
`cases.closed`, `cases.suspended`, `cases.not_suspended`, `cases.not_resolved`, `cases.no_board_yet`,
`cases.not_received` or `cases.with_the_board`.

## Which state an open case is in

{states}

## Whose turn it is

{owners}
"""


def page() -> str:
    """The whole page."""
    lines = ["| action | who | from | needs (else why not) | becomes |", "|---|---|---|---|---|"]
    lines += [_row(move) for move in MOVES]
    groups = "; ".join(f"*{name}*: {_plain(states)}" for name, states in _GROUPS.items() if name != "all")
    foot = _FOOT.format(states=_told(open_state), owners=_told(owner))
    return _HEAD.format(groups=groups) + "\n".join(lines) + "\n" + foot


def _row(move: Move) -> str:
    needs = "<br>".join(f"{need.value} (`{WHY[need]}`)" for need in move.needs)
    becomes = _shown(move.becomes) if move.becomes else "stays"
    return f"| {move.action.value} | {_WHO[move.who]} | {_shown(move.states)} | {needs} | {becomes} |"


def _shown(states: frozenset[CaseState]) -> str:
    for name, group in _GROUPS.items():
        if states == group:
            return f"*{name}*"
    for name, group in sorted(_GROUPS.items(), key=lambda item: -len(item[1])):
        if group < states:
            return f"*{name}*, {_plain(states - group)}"
    return _plain(states)


def _plain(states: frozenset[CaseState]) -> str:
    return ", ".join(state.value for state in CaseState if state in states)


def _told(function: object) -> str:
    """What the docstring says, as it stands there."""
    lines = (function.__doc__ or "").strip().splitlines()
    return "\n".join(line.removeprefix("    ") for line in lines)


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
