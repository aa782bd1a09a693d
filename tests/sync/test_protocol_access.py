import cbor2
import pytest
from pydantic import ValidationError

from domain.codes.strict_cbor import CborError
from domain.enrolment import DeviceRole
from sync.protocol_access import (
    MAX_STATEMENT_BYTES,
    EnrolStatement,
    OldChain,
    OldStation,
    enrol_bytes,
    read_statement,
    session_bytes,
    statement_bytes,
)

_OLD = OldStation(site="hn", letters=("AB",), chains=(OldChain(inc=1, seq=7, head=bytes(32)),))
_STATEMENT = EnrolStatement(
    code="0123456789A",
    public_key=bytes(32),
    device="ab" * 8,
    name="三号窗口",
    role=DeviceRole.WINDOW,
    host="hub.example",
    now=1,
    old=_OLD,
)


def test_a_statement_is_read_as_it_was_written() -> None:
    assert read_statement(statement_bytes(_STATEMENT)) == _STATEMENT
    assert enrol_bytes(b"x") == b"qifu:enrol:1:x"


def test_a_newer_device_may_say_more() -> None:
    said = cbor2.loads(statement_bytes(_STATEMENT)) | {"colour": "blue"}
    assert read_statement(cbor2.dumps(said)) == _STATEMENT


@pytest.mark.parametrize(
    "statement", [b"", b"\x00", b"\xff", cbor2.dumps({"code": "x"}), bytes(MAX_STATEMENT_BYTES + 1)]
)
def test_anything_else_is_no_statement(statement: bytes) -> None:
    with pytest.raises((CborError, ValidationError)):
        read_statement(statement)


def test_a_device_has_a_plain_name() -> None:
    with pytest.raises(ValidationError):
        EnrolStatement.model_validate(_STATEMENT.model_dump() | {"device": "../../etc"})


def test_what_a_session_signs_holds_everything() -> None:
    told = [("d", b"n" * 16, "e", "h"), ("x", b"n" * 16, "e", "h"), ("d", b"m" * 16, "e", "h")]
    told += [("d", b"n" * 16, "f", "h"), ("d", b"n" * 16, "e", "g")]
    assert len({session_bytes(*one) for one in told}) == len(told)
    assert session_bytes("d", b"n", "e", "Hub.Example") == session_bytes("d", b"n", "e", "hub.example")
