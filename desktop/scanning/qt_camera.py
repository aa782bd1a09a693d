"""Frames of the system's cameras by QtMultimedia, which is loaded when a camera is first asked for."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtMultimedia import QCamera, QCameraDevice, QMediaCaptureSession, QMediaDevices, QVideoSink


class QtCamera(QObject):
    """A ``FrameSource``."""

    arrived = Signal(object)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = QMediaCaptureSession(self)
        self._sink = QVideoSink(self)
        self._session.setVideoSink(self._sink)
        self._sink.videoFrameChanged.connect(self._on_frame)
        self._camera: QCamera | None = None

    def cameras(self) -> list[tuple[str, str]]:
        """(id, name), the system's default first."""
        default = QMediaDevices.defaultVideoInput()
        found = sorted(QMediaDevices.videoInputs(), key=lambda one: one != default)
        return [(_id(one), one.description()) for one in found]

    def start(self, camera: str) -> bool:
        """Switch on ``camera``; whether it has a light."""
        device = next((one for one in QMediaDevices.videoInputs() if _id(one) == camera), QCameraDevice())
        self._camera = QCamera(device, self)
        self._camera.errorOccurred.connect(lambda _, text: self.failed.emit(text))
        self._session.setCamera(self._camera)
        self._camera.start()
        return self._camera.isTorchModeSupported(QCamera.TorchMode.TorchOn)

    def stop(self) -> None:
        """Switch off."""
        if self._camera is not None:
            self._camera.stop()
            self._camera.deleteLater()
            self._camera = None

    def light(self, on: bool) -> None:
        """Switch the light."""
        if self._camera is not None:
            self._camera.setTorchMode(QCamera.TorchMode.TorchOn if on else QCamera.TorchMode.TorchOff)

    def _on_frame(self, frame: object) -> None:
        if self._camera is not None:
            self.arrived.emit(frame)


def _id(device: QCameraDevice) -> str:
    return bytes(device.id().data()).decode("utf-8", errors="replace")
