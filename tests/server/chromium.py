"""A real browser, told what to do over a pipe (Chrome DevTools Protocol); nothing but the standard library."""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import resources
from tests.patience import PATIENCE_S

PROGRAM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
needs_chromium = pytest.mark.skipif(not PROGRAM, reason="no Chromium on this machine")
_FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-extensions --hide-scrollbars --remote-debugging-pipe "
    "--no-proxy-server --host-resolver-rules=MAP\x20*\x20~NOTFOUND\x20,\x20EXCLUDE\x20127.0.0.1"
)
_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>"""


class Browser:
    """One tab. ``run`` is a command of the protocol."""

    def __init__(self, to: int, back: int) -> None:
        self._to, self._back = os.fdopen(to, "wb", buffering=0), os.fdopen(back, "rb", buffering=0)
        self._rest = b""
        self._last = 0
        self._events: list[dict[str, Any]] = []
        self.session: str | None = None
        target = self.run("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.run("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for area in ("Page", "Log", "Runtime", "Network"):
            self.run(f"{area}.enable")

    def run(self, method: str, **params: Any) -> dict[str, Any]:
        self._last += 1
        sent = {"id": self._last, "method": method, "params": params}
        if self.session:
            sent["sessionId"] = self.session
        self._to.write(json.dumps(sent).encode() + b"\0")
        while (told := self._read()).get("id") != self._last:
            self._events.append(told)
        assert "error" not in told, told
        result: dict[str, Any] = told["result"]
        return result

    def wait(self, method: str) -> dict[str, Any]:
        """The next event ``method`` that was not waited for yet."""
        while True:
            for at, event in enumerate(self._events):
                if event["method"] == method:
                    return dict(self._events.pop(at)["params"])
            self._events.append(self._read())

    def forget(self) -> None:
        """What happened so far is of no interest."""
        self._events.clear()

    def happened(self, method: str) -> list[dict[str, Any]]:
        """All events ``method`` so far that were not waited for."""
        return [event["params"] for event in self._events if event["method"] == method]

    def open(self, url: str) -> None:
        self.forget()
        self.run("Page.navigate", url=url)
        self.wait("Page.loadEventFired")

    def ask(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page (the protocol's own, whatever the page forbids)."""
        return self.run("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def show(self, width: int, height: int, *, dark: bool = False) -> None:
        """A window of this size, with text as large as the page asks for."""
        self.run(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.run("Emulation.setEmulatedMedia", features=[scheme])

    def click(self, selector: str) -> None:
        """A press of the mouse in the middle of the element."""
        self.ask(f"document.querySelector({selector!r}).scrollIntoView({{block: 'center'}})")
        box = self.ask(
            f"(r => [r.x + r.width / 2, r.y + r.height / 2])(document.querySelector({selector!r})"
            ".getBoundingClientRect())"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.run("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)

    def type(self, text: str) -> None:
        self.run("Input.insertText", text=text)

    def picture(self, file: Path) -> None:
        """The whole page as PNG."""
        taken = self.run("Page.captureScreenshot", captureBeyondViewport=True)
        file.write_bytes(base64.b64decode(taken["data"]))

    def close(self) -> None:
        """End the browser. It may be gone before it has answered."""
        self._to.write(json.dumps({"id": self._last + 1, "method": "Browser.close"}).encode() + b"\0")
        self._to.close()
        self._back.close()

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            piece = os.read(self._back.fileno(), 1 << 16)
            assert piece, "the browser has gone"
            self._rest += piece
        one, _, self._rest = self._rest.partition(b"\0")
        told: dict[str, Any] = json.loads(one)
        return told


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """A browser with a profile of its own in ``folder`` and the project's fonts."""
    folder.mkdir(parents=True, exist_ok=True)
    fonts = folder / "fonts.conf"
    fonts.write_text(_FONTS.format(fonts=resources.path("fonts"), cache=folder / "cache"), "utf-8")
    command_in, command_out = os.pipe()
    answer_in, answer_out = os.pipe()

    # The protocol's ends are the descriptors 3 and 4.
    script = f'exec "$0" "$@" 3<&{command_in} 4>&{answer_out}'
    process = subprocess.Popen(
        ["bash", "-c", script, PROGRAM, *_flags(), f"--user-data-dir={folder / 'profile'}"],
        pass_fds=(command_in, answer_out),
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "FONTCONFIG_FILE": str(fonts),
            "LANG": "C.UTF-8",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(command_in)
    os.close(answer_out)
    one = Browser(command_out, answer_in)
    try:
        yield one
    finally:
        one.close()
        process.wait(PATIENCE_S)


def _flags() -> list[str]:
    return [f"--{flag}".replace("\x20", " ") for flag in _FLAGS.removeprefix("--").split(" --")]
