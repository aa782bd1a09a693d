"""Errors that a person can act on."""

from typing import Any


class AppError(Exception):
    """Something the person can act on.

    ``code`` is ``area.what`` (``"cases.unknown_board"``); its sentence lives in ``desktop/messages``, which fills
    in ``params``. Nothing in here is shown to people as it is.
    """

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        # Personal data may stand in the parameters, and a traceback may reach a log: the code alone is shown.
        return self.code
