"""Reading an event's facts, which may come from anywhere: a value of the wrong type is a ``ValueError``."""

from typing import Any

Facts = dict[str, Any]


def facts_of(value: Any) -> Facts:
    """``value`` as an object; None counts as an empty one (a private part that was never there, or is erased)."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError("no object")
    return value


def text_in(facts: Facts, name: str, default: str | None = None) -> str:
    """The text called ``name``; without ``default`` it has to be there."""
    value = facts.get(name, default)
    if not isinstance(value, str):
        raise ValueError(name)
    return value


def optional_text(facts: Facts, name: str) -> str | None:
    """The text called ``name``, or None."""
    return None if facts.get(name) is None else text_in(facts, name)


def texts_in(facts: Facts, name: str) -> tuple[str, ...]:
    """The list of texts called ``name``; empty where it is not there."""
    value = facts.get(name, [])
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise ValueError(name)
    return tuple(value)


def integer_in(facts: Facts, name: str, default: int | None = None) -> int:
    """The integer called ``name``; without ``default`` it has to be there."""
    value = facts.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(name)
    return value


def flag_in(facts: Facts, name: str, default: bool = False) -> bool:
    """The truth value called ``name``."""
    value = facts.get(name, default)
    if not isinstance(value, bool):
        raise ValueError(name)
    return value


def integers_in(facts: Facts, name: str) -> dict[str, int]:
    """The object called ``name`` whose values are integers."""
    values = facts_of(facts.get(name))
    return {key: integer_in(values, key) for key in values}
