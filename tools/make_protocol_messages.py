"""Prints every message of sync, field by field, into ``docs/protocol-messages.md``.

``tests/sync/test_protocol_page.py`` compares the page with the types.
"""

import inspect
import json
import re
import sys
import types
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ForwardRef, Union, get_args, get_origin

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from pydantic import BaseModel  # noqa: E402
from pydantic.fields import FieldInfo  # noqa: E402
from pydantic_core import PydanticUndefined  # noqa: E402

from sync import protocol, protocol_access, protocol_cases, protocol_files, queue_wire  # noqa: E402

PAGE = ROOT / "docs" / "protocol-messages.md"
MODULES = {
    "Records": protocol,
    "Coming in": protocol_access,
    "Older cases": protocol_cases,
    "Documents and files": protocol_files,
    "The hall's queue": queue_wire,
}
_HEAD = """# The messages of the protocol, field by field

Printed by `tools/make_protocol_messages.py` from the types in `sync/`; do not edit by hand. What they mean
together is said in [protocol.md](protocol.md). A message is a CBOR map by these names. A field with a
default may be left out, one without (–) may not; unknown ones are passed over. `hash` is 32 bytes,
`signature` 64, `name` a text of at most 64 characters, `count` an integer from 0 to 2^53-1, `ms` UTC
milliseconds from -2^47 to 2^47. Characters are code points. A value that does not fit its type or its
limits refuses the whole message (`frame.malformed`).
"""
_ALIASES = {
    repr(protocol.Hash): "hash",
    repr(protocol.Signature): "signature",
    repr(protocol.Name): "name",
    repr(protocol.Count): "count",
    repr(protocol.Millis): "ms",
}
_PLAIN = {
    int: "integer",
    str: "text",
    bytes: "bytes",
    bool: "true or false",
    Any: "anything",
    float: "number",
}


def page() -> str:
    """The whole page."""
    parts = [_HEAD]
    for title, module in MODULES.items():
        parts.append(f"\n## {title}\n")
        parts += [_message(one) for one in messages(module)]
    return "".join(parts)


def messages(module: types.ModuleType) -> list[type[BaseModel]]:
    """The messages that ``module`` defines, as they stand there."""
    found = [one for one in vars(module).values() if inspect.isclass(one) and issubclass(one, BaseModel)]
    return [one for one in found if one.__module__ == module.__name__ and one is not protocol.Message]


def _message(model: type[BaseModel]) -> str:
    lines = [f"\n### {model.__name__}", "", _plain(inspect.getdoc(model) or ""), ""]
    lines += ["| field | type | default |", "|---|---|---|"]
    lines += [f"| `{name}` | {_kind(one)} | {_default(one)} |" for name, one in model.model_fields.items()]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("``", "`"))


def _kind(field: FieldInfo) -> str:
    kind: Any = field.annotation
    if field.metadata:
        for alias in (protocol.Hash, protocol.Signature, protocol.Name, protocol.Count, protocol.Millis):
            base, limits = get_args(alias)[0], get_args(alias)[1].metadata
            if base is kind and list(limits) == list(field.metadata):
                return _ALIASES[repr(alias)]
    return _told(kind) + _limits(field.metadata, kind)


def _told(kind: Any) -> str:
    if repr(kind) in _ALIASES:
        return _ALIASES[repr(kind)]
    if isinstance(kind, str | ForwardRef):
        return f"`{kind if isinstance(kind, str) else kind.__forward_arg__}`"
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _told(inner[0]) + _limits(inner[1].metadata, inner[0])
    if origin in (Union, types.UnionType):
        return " or ".join("null" if one is type(None) else _told(one) for one in inner)
    if origin is tuple and inner[-1] is Ellipsis:
        return f"list of {_told(inner[0])}"
    if origin is tuple:
        return f"[{', '.join(map(_told, inner))}]"
    if origin is dict:
        return f"map from {_told(inner[0])} to {_told(inner[1])}"
    if inspect.isclass(kind) and issubclass(kind, StrEnum):
        return " or ".join(f"`{one.value}`" for one in kind)
    if inspect.isclass(kind) and issubclass(kind, BaseModel):
        return f"`{kind.__name__}`"
    return _PLAIN[kind]


def _limits(metadata: Any, kind: Any) -> str:
    found = {name: getattr(one, name) for one in metadata for name in _NAMED if hasattr(one, name)}
    pattern = next((one.pattern for one in metadata if getattr(one, "pattern", None)), None)
    unit = "" if kind is int else _unit(kind)
    least, most = found.get("min_length", found.get("ge")), found.get("max_length", found.get("le"))
    if "lt" in found:
        most = found["lt"] - 1
    told = []
    if least is not None and least == most:
        told.append(f"{_number(least)}{unit}")
    elif least:
        told.append(
            f"{_number(least)} to {_number(most)}{unit}" if most is not None else f"at least {least}{unit}"
        )
    elif most is not None:
        told.append(f"at most {_number(most)}{unit}" if kind is not int else f"0 to {_number(most)}")
    if pattern:
        told.append(f"`{pattern.replace('|', chr(92) + '|')}`")
    return f", {', '.join(told)}" if told else ""


_NAMED = ("min_length", "max_length", "ge", "le", "lt")


def _unit(kind: Any) -> str:
    if kind is bytes:
        return " bytes"
    return " characters" if kind is str else " items"


def _number(value: int) -> str:
    for power in (20, 31, 47, 53):
        for less in (0, 1):
            if value == 2**power - less:
                return f"2^{power}" + ("-1" if less else "")
    return str(value)


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined:
        return "–"
    if field.default == b"":
        return "no bytes"
    return f"`{json.dumps(field.default)}`"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
