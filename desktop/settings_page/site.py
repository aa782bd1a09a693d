"""本站: the site's own document as a form. Who may change it is the service's to say."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.messages import sentence
from desktop.messages.station import DAYS
from desktop.shell.page import PageContext
from desktop.widgets import ActionButton, Card, LineField, Tone, label

SIDE = 110
EXAMPLE = "09:00-12:00 13:30-17:00"
_FIELD_OF = {
    "station.name_missing": "name",
    "station.name_too_long": "name",
    "station.phone_invalid": "phone",
    "station.address_too_long": "address",
    "station.windows_invalid": "windows",
    "station.web_address_invalid": "web_address",
    "station.web_address_plain": "web_address",
    "deadlines.zone_unknown": "zone",
    "deadlines.hours_closed": "mon",
}


class SiteCard(Card):
    """本站资料. What was typed stays when it is refused; what is published elsewhere does not overwrite typing."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__("本站", parent)
        self._context = context
        self._shown: Any = None
        self.fields = {
            "name": LineField("名称", side=SIDE, max_length=80),
            "letters": LineField("代码", side=SIDE, hint="办件编号以它开头，已印在回执上，定下后不再改。"),
            "phone": LineField("电话", side=SIDE, max_length=40, hint="印在回执的“查询电话”处。"),
            "address": LineField("地址", side=SIDE, max_length=120),
            "windows": LineField("窗口数", side=SIDE, max_length=2),
            "zone": LineField("时区", side=SIDE, max_length=40),
            "web_address": LineField(
                "公开网址",
                side=SIDE,
                max_length=120,
                placeholder="https://",
                hint="填了以后，回执上多印一个二维码，企业用手机查进度、评价；没有对外网页就留空。",
            ),
        }
        for day, word in DAYS.items():
            self.fields[day] = LineField(f"{word}服务", side=SIDE, max_length=60, placeholder="不开放")
        self.fields["sun"].set_hint(f"一天可写几段，如 {EXAMPLE}；不开放就留空。新时间只用于今后的期限。")
        self.save = ActionButton("保存本站资料", kind="primary", icon_name="check")
        self.why_not = label("只有管理员或督办可以修改本站资料；请换有权限的人员登录。", "small", wrap=True)
        self.body.addWidget(self.why_not)
        for field in self.fields.values():
            self.body.addWidget(field)
            field.entered.connect(self._on_save_clicked)
        self.body.addWidget(self.save, 0, Qt.AlignmentFlag.AlignLeft)
        self.save.clicked.connect(self._on_save_clicked)
        self.why_not.hide()

    def load(self) -> None:
        """Show what the site's document says; fields that somebody is changing keep their text."""
        self._context.tasks.run(
            self._context.gateway.site, self._context.station, on_done=self._on_facts, receiver=self
        )

    def typed(self) -> dict[str, Any]:
        """The fields of ``services.site.SiteForm`` as they stand."""
        windows = self.fields["windows"].text()
        return {
            **{
                name: self.fields[name].text() for name in ("name", "phone", "address", "zone", "web_address")
            },
            "windows": int(windows) if windows.isdecimal() else 0,
            "weekly": {day: self.fields[day].text() for day in DAYS},
        }

    def _on_facts(self, facts: Any) -> None:
        before, after = self._texts(self._shown), self._texts(facts)
        for name, field in self.fields.items():
            if self._shown is None or field.text() == before[name]:
                field.set_text(after[name])
            field.set_read_only(name == "letters" or not facts.may_change)
            field.editor.setCursorPosition(0)
        self._shown = facts
        self.save.setVisible(facts.may_change)
        self.why_not.setVisible(not facts.may_change)

    @staticmethod
    def _texts(facts: Any) -> dict[str, str]:
        if facts is None:
            return {}
        form = facts.form
        names = ("name", "phone", "address", "windows", "zone", "web_address")
        plain = {name: str(getattr(form, name)) for name in names}
        return {**plain, "letters": facts.letters, **{day: form.weekly.get(day, "") for day in DAYS}}

    def _on_save_clicked(self) -> None:
        if not self.save.isEnabled() or self._shown is None or not self._shown.may_change:
            return
        self.save.setEnabled(False)
        for field in self.fields.values():
            field.set_error("")
        self._context.tasks.run(
            self._context.gateway.change_site,
            self._context.station,
            **self.typed(),
            on_done=self._on_saved,
            on_error=self._on_refused,
            receiver=self,
        )

    def _on_saved(self, changed: bool) -> None:
        self.save.setEnabled(True)
        self._shown = None
        self.load()
        self._context.notices.say("本站资料已保存。" if changed else "本站资料没有变化。", Tone.OK)

    def _on_refused(self, error: Any) -> None:
        self.save.setEnabled(True)
        name = _FIELD_OF.get(error.code) or str(error.params.get("day", ""))
        field = self.fields.get(name)
        if field is None:
            self._context.tasks.refused.emit(error)
            return
        field.set_error(sentence(error))
        field.setFocus(Qt.FocusReason.OtherFocusReason)
