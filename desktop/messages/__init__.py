"""Sentences for people: every ``AppError`` code has one, in Chinese, saying what happened and what to do.

Each area keeps its own table ``SENTENCES`` in a module of this package; ``sentence`` looks the code up and fills in
the parameters. A code without a sentence is a bug that ``tests/unit/test_messages.py`` finds.
"""

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules

from domain.errors import AppError


def all_sentences() -> dict[str, str]:
    """Every known code with its template."""
    table: dict[str, str] = {}
    for module in iter_modules(__path__):
        table.update(import_module(f"{__name__}.{module.name}").SENTENCES)
    return table


def sentence(error: AppError) -> str:
    """The sentence for ``error``, filled in; codes among the parameters are put into words by the area's ``WORDS``,
    and beside them by its ``ALSO``.
    """
    area = import_module(f"{__name__}.{error.code.partition('.')[0]}")
    table: dict[str, str] = area.SENTENCES
    words: dict[str, dict[str, str]] = getattr(area, "WORDS", {})
    params = {name: words.get(name, {}).get(str(value), value) for name, value in error.params.items()}
    also: dict[str, tuple[str, Callable[[str], str]]] = getattr(area, "ALSO", {})
    said = {name: say(str(params[of])) for name, (of, say) in also.items() if of in params}
    return table[error.code].format(**params, **said)
