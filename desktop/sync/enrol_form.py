"""The form by which a centre is joined: code, address, what the centre shall call this PC."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.messages import sentence
from desktop.shell.tasks import TaskRunner
from desktop.widgets import ActionButton, LineField, label
from domain.errors import AppError

if TYPE_CHECKING:
    from desktop.scanning.camera import CameraSheet, FrameSource
    from sync.enrolment import Enrolment

SCANNED = "qifu-enrol:"
_OF_ADDRESS = frozenset({"enrol.url_missing", "sync.address_invalid", "sync.https_needed"})
_NOT_REACHED = frozenset({"enrol.unreachable", "enrol.not_a_server", "enrol.certificate"})
_PINNED = "二维码里带有对方证书的指纹，只认这一张证书。"


class EnrolForm(QWidget):
    """Code typed, pasted, or scanned by gun or camera. ``entered`` is Enter; what was filled in stays."""

    entered = Signal()

    def __init__(self, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._pin: bytes | None = None
        self._camera: CameraSheet | None = None
        self.code_field = LineField(
            "入网码",
            placeholder="7KM2Q-9XT4R-H，或扫入网二维码",
            max_length=800,
            hint="向中心管理员要本网点的；用上级中心的码，会连它下面网点的办件一起看到。",
        )
        self.address_field = LineField("中心地址", placeholder="https://zx.example.gov.cn", max_length=300)
        self.name_field = LineField(
            "本机名称", placeholder="例如 3号窗口", max_length=60, hint="中心的设备表里这样称呼它，可以不填。"
        )
        self.camera_button = ActionButton("摄像头扫码", icon_name="camera", kind="quiet")
        self.paste_button = ActionButton("粘贴", icon_name="clipboard-text", kind="quiet")
        self._lay_out()
        self._connect()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Enter in a field leads to the next one; what stands around the form hears of it by ``entered`` alone.
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    def enrolment(self) -> "Enrolment | None":
        """What is to be asked, or None after marking what is wrong."""
        from services.clock import SystemClock
        from sync.enrolment import Enrolment, invitation_of

        pin = self._pin.hex() if self._pin is not None else ""
        self.code_field.set_error("")
        self.address_field.set_error("")
        try:
            invitation = invitation_of(self.code_field.text(), self.address_field.text(), pin)
        except AppError as error:
            self.show_error(error)
            return None
        return Enrolment(invitation, SystemClock(), name=self.name_field.text())

    def show_error(self, error: AppError) -> bool:
        """Say it at the field that it is about; False where it is about none."""
        field = self.address_field if error.code in _OF_ADDRESS else self.code_field
        if error.code not in _OF_ADDRESS and not error.code.startswith(("enrol.code_", "enrol.pin_")):
            return False
        field.set_error(sentence(error))
        field.setFocus()
        return True

    def show_refusal(self, error: AppError) -> bool:
        """After a try: as ``show_error``, and whoever types goes on where ``error`` can be mended."""
        is_shown = self.show_error(error)
        if not is_shown:
            field = self.address_field if error.code in _NOT_REACHED else self.code_field
            field.setFocus()
        return is_shown

    def take(self, text: str) -> None:
        """What was scanned or pasted: a QR code's text is taken apart, anything else stands as the code."""
        from sync.enrol_code import CodeTextError, read_invitation, shown

        self.code_field.set_error("")
        try:
            found = read_invitation(text)
        except CodeTextError:
            self.code_field.set_text(text.strip())
            self.code_field.set_error(sentence(AppError("enrol.code_form")))
            return
        self.code_field.set_text(shown(found.code))
        if found.url:
            self.address_field.set_text(found.url)
            self._pin = found.pin
            self.address_field.set_hint(_PINNED if found.pin else "")
        self.name_field.setFocus()

    def open_camera(self, source: "FrameSource | None" = None) -> "CameraSheet":
        """Look through a camera for the code."""
        if self._camera is None:
            from desktop.scanning.camera import CameraSheet, system_camera

            self._camera = CameraSheet(self.window(), self._tasks, source or system_camera(self))
            self._camera.scanned.connect(self.take)
        self._camera.open()
        return self._camera

    def _on_paste_clicked(self) -> None:
        from desktop.scanning.pictures import picture_in, read

        data = QGuiApplication.clipboard().mimeData()
        picture = picture_in(data) if data is not None else None
        if picture is not None:
            self._tasks.run(
                self._tasks.in_background, read, picture, on_done=self.take, on_error=self._on_unread
            )
        elif data is not None and data.text().strip():
            self.take(data.text()[:800])
        else:
            self.code_field.set_error("剪贴板里没有图片，也没有文字。")

    def _on_unread(self, error: Any) -> None:
        self.code_field.set_error(sentence(error))

    def _on_code_entered(self) -> None:
        if self.code_field.text().lower().startswith(SCANNED):
            self.take(self.code_field.text())
        elif not self.address_field.text():
            self.address_field.setFocus()
        else:
            self.entered.emit()

    def _on_address_edited(self, _: str) -> None:
        # The fingerprint belongs to the address it came with.
        self._pin = None
        self.address_field.set_hint("")

    def _connect(self) -> None:
        self.code_field.entered.connect(self._on_code_entered)
        self.address_field.editor.textEdited.connect(self._on_address_edited)
        self.address_field.entered.connect(self.name_field.setFocus)
        self.name_field.entered.connect(self.entered)
        self.camera_button.clicked.connect(lambda: self.open_camera())
        self.paste_button.clicked.connect(self._on_paste_clicked)

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(8)
        tools.addWidget(label("也可以：", "muted"))
        tools.addWidget(self.camera_button)
        tools.addWidget(self.paste_button)
        tools.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.code_field)
        column.addLayout(tools)
        column.addWidget(self.address_field)
        column.addWidget(self.name_field)
        self.setFocusProxy(self.code_field)
