"""A process that is killed between two statements: what was not committed is gone, whoever asked learns nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa


class Killed(BaseException):
    """The process is no more."""


@contextmanager
def killing(engine: sa.Engine, statement: int, start_again: Callable[[], None]) -> Iterator[None]:
    """Die before the ``statement``-th statement or commit over ``engine``, and start again; else nothing happens."""
    left = [statement]

    def count(*_: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Killed

    for name in ("before_cursor_execute", "commit"):
        sa.event.listen(engine, name, count)
    try:
        yield
    except Killed:
        start_again()
    finally:
        for name in ("before_cursor_execute", "commit"):
            sa.event.remove(engine, name, count)
