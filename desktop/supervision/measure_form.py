"""催办 and 督办单: what is wanted of the boards, and until when."""

from typing import Any

from desktop.cases.day_field import DayField
from desktop.cases.step_form import Step, StepForm
from desktop.widgets import AreaField, Segments
from domain.deadlines.clock import Alert
from services.supervision.measures import card_case, urge_case

URGE, CARD = "urge", "card"
SERVICES = {URGE: (urge_case, "urging_slip"), CARD: (card_case, "supervision_slip")}


class MeasureForm(StepForm):
    """A supervision slip needs a card; a case within its limit can be urged only."""

    def __init__(self) -> None:
        super().__init__("发给承办板块，同时打印；板块要回复。")
        self.kind: Segments = self.add("kind", Segments([(URGE, "催办"), (CARD, "督办单")], name="方式"))
        self.text: AreaField = self.add("text", AreaField("要求（写给板块）", lines=2))
        self.day: DayField = self.add("day", DayField("哪天前回复（可不填）"))
        self.setFocusProxy(self.text)
        self._urgent = True

    def begin(self, view: Any) -> None:
        self.day.begin(view.facts)
        self.renew(view)
        self.kind.set_value(CARD if self._may_card else URGE)

    def renew(self, view: Any) -> None:
        alert = view.clock.alert
        self._may_card = alert in (Alert.YELLOW, Alert.RED)
        # A slip of urging is for what is due or over: a sensitive case is urged by notice alone.
        self._urgent = alert is not Alert.NONE
        self.kind.setEnabled(self._may_card)
        if not self._may_card:
            self.kind.set_value(URGE)

    def step(self) -> Step:
        service, paper = SERVICES[self.kind.value()]
        return Step(service, (self.text.text(), self.day.value()), paper=paper if self._urgent else "")
