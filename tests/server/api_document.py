"""An OpenAPI document of all that a node answers, made from its routes and the messages of ``sync``.

Frames stand in it as the JSON that means the same: bytes as ``hex:…``, which ``as_wire`` turns into bytes again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import cbor2
from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode
from pydantic_core import core_schema

from sync import protocol
from sync.frames import MEDIA_TYPE, PLAIN, open_frame
from sync.protocol_access import ACCESS_ROUTES
from sync.protocol_cases import CaseAnswer, CaseAsked
from sync.protocol_files import DocumentList, FileState
from sync.queue_wire import QueueAnswer, QueueCall, QueueNews, QueueRefusal, QueueWait, method_names

HEX = "hex:"
_MOST = 64
"""Bytes of one field; larger ones are for the tests of limits."""
_REF = "#/components/schemas/{model}"


class Described(GenerateJsonSchema):
    """JSON Schema in which bytes are ``hex:…`` of the right length."""

    def bytes_schema(self, schema: core_schema.BytesSchema) -> dict[str, Any]:
        least = schema.get("min_length", 0)
        most = max(least, min(schema.get("max_length", _MOST), _MOST))
        if self.mode == "serialization":
            return {"type": "string", "pattern": f"^{HEX}([0-9a-f]{{2}})*$"}
        return {"type": "string", "pattern": f"^{HEX}([0-9a-f]{{2}}){{{least},{most}}}$"}


@dataclass(frozen=True, slots=True)
class Door:
    """One operation: what is sent, what is answered beside errors, and with which statuses it may refuse."""

    method: str
    path: str
    sent: type[BaseModel] | None = None
    answered: type[BaseModel] | None = None
    refusals: tuple[int, ...] = ()
    query: Mapping[str, Any] = field(default_factory=dict)
    open_to_all: bool = False
    binary: bool = False


_BODY = (400, 408, 413, 415)
_FILE_QUERY = {"stream": {"type": "string", "minLength": 1, "maxLength": 64}}
_FROM = {"from": {"type": "integer", "minimum": 0, "maximum": 10**12 - 1}}
_FILE = "/v1/files/{sha256}"
_SYNC: dict[str, tuple[type[BaseModel], type[BaseModel], tuple[int, ...]]] = {
    "/v1/hello": (protocol.Hello, protocol.HelloAnswer, (426,)),
    "/v1/push": (protocol.Push, protocol.PushAnswer, (409,)),
    "/v1/pull": (protocol.Pull, protocol.PullAnswer, (409,)),
    "/v1/hashes": (protocol.Hashes, protocol.HashesAnswer, ()),
    "/v1/wait": (protocol.Wait, protocol.WaitAnswer, ()),
    "/v1/case": (CaseAsked, CaseAnswer, (404,)),
}


def doors(*, hub: bool) -> Iterator[Door]:
    """Everything that a node answers but the page of slips, which is for people."""
    for path, (sent, answered) in ACCESS_ROUTES.items():
        yield Door("post", path, sent, answered, (*_BODY, 401, 403, 426, 429), open_to_all=True)
    for path, (sent, answered, more) in _SYNC.items():
        yield Door("post", path, sent, answered, (*_BODY, *more))
    yield Door("get", "/v1/documents", None, DocumentList)
    yield Door(
        "get", "/v1/documents/{kind}/{version}", refusals=(400, 404, 416, 422), query=_FROM, binary=True
    )
    yield Door("head", _FILE, refusals=(404, 413), query=_FILE_QUERY)
    yield Door("get", _FILE, refusals=(400, 404, 413, 416), query=_FILE_QUERY | _FROM, binary=True)
    yield Door(
        "put", _FILE, None, FileState, (400, 404, 408, 409, 411, 413), _FILE_QUERY | _FROM, binary=True
    )
    if hub:
        yield Door("post", "/v1/queue/wait", QueueWait, QueueNews, (400, 404, 408, 409, 410, 413))
        yield Door("post", "/v1/queue/{name}", QueueCall, QueueAnswer, (400, 404, 408, 409, 410, 413))


def undescribed(app: FastAPI) -> set[tuple[str, str]]:
    """Routes of ``app`` that ``document`` does not know (health and metrics it does)."""
    known = {(one.path, one.method.upper()) for one in doors(hub=True)}
    known |= {("/health", "GET"), ("/metrics", "GET")}
    found = {(one.path, name) for one in app.routes if isinstance(one, APIRoute) for name in one.methods}
    return found - known


def document(
    values: Mapping[str, tuple[str, ...]], examples: Mapping[str, BaseModel], *, hub: bool
) -> dict[str, Any]:
    """OpenAPI 3.1. ``values`` are those that a parameter takes, ``examples`` by path a message that is right."""
    schemas = _schemas()
    paths: dict[str, dict[str, Any]] = {"/health": _health(), "/metrics": _metrics()}
    for door in doors(hub=hub):
        operation = _operation(door, values, examples.get(door.path))
        paths.setdefault(door.path, {})[door.method] = operation
    _link_session(paths)
    return {
        "openapi": "3.1.0",
        "info": {"title": "qifu-server", "version": "1"},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"device": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(
    door: Door, values: Mapping[str, tuple[str, ...]], example: BaseModel | None
) -> dict[str, Any]:
    refusal = QueueRefusal if door.path.startswith("/v1/queue/") else protocol.ErrorAnswer
    statuses = {*door.refusals, 503} if door.open_to_all else {*door.refusals, 401, 403, 429, 503}
    responses: dict[str, Any] = {
        str(status): _answer(refusal, empty=door.method == "head") for status in statuses
    }
    responses["200"] = _bytes_answer() if door.answered is None else _answer(door.answered)
    if door.method == "head":
        responses["200"] = _head_answer()
    operation: dict[str, Any] = {
        "operationId": f"{door.method} {door.path}",
        "responses": responses,
        "security": [] if door.open_to_all else [{"device": []}],
        "parameters": [*_in_path(door.path, values), *_in_query(door.query, values)],
    }
    if door.sent is not None:
        media: dict[str, Any] = {"schema": {"$ref": f"#/components/schemas/{door.sent.__name__}"}}
        if example is not None:
            media["examples"] = {"right": {"value": as_json(example.model_dump(exclude_unset=True))}}
        operation["requestBody"] = {"required": True, "content": {MEDIA_TYPE: media}}
    elif door.method == "put":
        piece = {"schema": {"type": "string", "format": "binary", "maxLength": 4096}}
        operation["requestBody"] = {"content": {"application/octet-stream": piece}}
    return operation


def _in_path(path: str, values: Mapping[str, tuple[str, ...]]) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    return [
        {"name": name, "in": "path", "required": True, "schema": {"enum": list(values[name])}}
        for name in names
    ]


def _in_query(query: Mapping[str, Any], values: Mapping[str, tuple[str, ...]]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "query",
            "required": name == "stream",
            "schema": schema | ({"examples": [*values[name]]} if name in values else {}),
        }
        for name, schema in query.items()
    ]


def _answer(model: type[BaseModel], *, empty: bool = False) -> dict[str, Any]:
    if empty:
        return {"description": ""}
    schema = {"$ref": f"#/components/schemas/{model.__name__}-answered"}
    return {"description": model.__name__, "content": {MEDIA_TYPE: {"schema": schema}}}


def _bytes_answer() -> dict[str, Any]:
    return {
        "description": "",
        "content": {"application/zstd": {}, "application/octet-stream": {}},
    }


def _head_answer() -> dict[str, Any]:
    number = {"required": True, "schema": {"type": "integer", "minimum": 0}}
    return {"description": "", "headers": {"Qifu-Have": number, "Qifu-Size": number, "Qifu-Whole": number}}


def _health() -> dict[str, Any]:
    schema = {
        "type": "object",
        "required": ["ok", "epoch", "role", "site", "lag"],
        "additionalProperties": False,
        "properties": {
            "ok": {"const": True},
            "epoch": {"type": "string"},
            "role": {"enum": ["hub", "centre"]},
            "site": {"type": "string"},
            "lag": {"type": "integer", "minimum": 0},
        },
    }
    answer = {"description": "", "content": {"application/json": {"schema": schema}}}
    return {"get": {"responses": {"200": answer, "503": _answer(protocol.ErrorAnswer)}, "security": []}}


def _metrics() -> dict[str, Any]:
    answer = {"description": "", "content": {"text/plain": {}}}
    return {"get": {"responses": {"200": answer, "403": _answer(protocol.ErrorAnswer)}, "security": []}}


def _link_session(paths: dict[str, dict[str, Any]]) -> None:
    """What a challenge tells is what a session is begun with."""
    told = {
        "device": "$request.body#/device",
        "nonce": "$response.body#/nonce",
        "epoch": "$response.body#/epoch",
        "host": "127.0.0.1",
        "signature": HEX + "00" * 64,
    }
    link = {"operationId": "post /v1/session", "requestBody": told}
    paths["/v1/challenge"]["post"]["responses"]["200"]["links"] = {"session": link}


def _schemas() -> dict[str, Any]:
    """By name what is sent, as ``name-answered`` what is answered."""
    found: dict[str, Any] = {}
    sent = {one.sent for one in doors(hub=True)} - {None}
    answered = {one.answered for one in doors(hub=True)} - {None} | {protocol.ErrorAnswer, QueueRefusal}
    for models, mode, ending in ((sent, "validation", ""), (answered, "serialization", "-answered")):
        for model in models:
            assert model is not None
            found[model.__name__ + ending] = _schema(model, mode, ending, found)  # type: ignore[arg-type]
    return found


def _schema(model: type[BaseModel], mode: JsonSchemaMode, ending: str, found: dict[str, Any]) -> Any:
    # Fields at their default are left out of what travels, so none of an answer is required for being answered.
    template = _REF + ending
    made = model.model_json_schema(mode=mode, ref_template=template, schema_generator=Described)
    for name, one in made.pop("$defs", {}).items():
        found[name + ending] = _loosened(one, mode)
    return _loosened(made, mode)


def _loosened(schema: dict[str, Any], mode: JsonSchemaMode) -> dict[str, Any]:
    if mode == "serialization" and "properties" in schema:
        defaults = [name for name, one in schema["properties"].items() if "default" in one]
        schema["required"] = [name for name in schema.get("required", ()) if name not in defaults]
    return schema


def as_wire(value: Any) -> Any:
    """``value`` with ``hex:…`` as bytes."""
    if isinstance(value, str) and value.startswith(HEX):
        try:
            return bytes.fromhex(value.removeprefix(HEX))
        except ValueError:
            return value
    if isinstance(value, Mapping):
        return {name: as_wire(one) for name, one in value.items()}
    return [as_wire(one) for one in value] if isinstance(value, list) else value


def as_json(value: Any) -> Any:
    """The reverse."""
    if isinstance(value, bytes):
        return HEX + value.hex()
    if isinstance(value, Mapping):
        return {name: as_json(one) for name, one in value.items()}
    return [as_json(one) for one in value] if isinstance(value, list | tuple) else value


def frame(value: Any) -> bytes:
    """``value`` as a frame, uncompressed."""
    return bytes((PLAIN,)) + cbor2.dumps(as_wire(value))


def read(content: bytes) -> Any:
    """What stands in a frame."""
    return as_json(open_frame(content))


QUEUE_METHODS = tuple(sorted(method_names()))
