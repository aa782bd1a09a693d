"""What ``qifu sync`` prints: views of sync for programs and for people. Times are local ISO times of the site."""

from typing import TYPE_CHECKING, Any

from desktop.cli.station import local_iso
from desktop.messages.documents import refused_words
from desktop.messages.sync import failure_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from db.rows.record_labels import RecordLabel
    from domain.documents import RefusedDocument
    from services.sync.conflicts import ConflictView
    from services.sync.day_end import DayEnd
    from services.sync.reviews import ReviewView
    from services.sync.sides import Side
    from services.sync.state import SyncState
    from services.sync.waiting import HeldRecord


def label_document(label: "RecordLabel") -> dict[str, Any]:
    return {"area": label.area.value, "id": label.stream, "number": label.number, "name": label.name}


def _side(side: "Side", zone: str) -> dict[str, Any]:
    return {
        "event": side.event,
        "kind": side.kind,
        "at": local_iso(side.at, zone),
        "actor": side.actor,
        "site": side.site,
        "device": side.device,
        "device_name": side.device_name or None,
        "here": side.is_here,
        "detail": side.detail,
    }


def conflict_document(one: "ConflictView", zone: str) -> dict[str, Any]:
    return {
        "event": one.event,
        **label_document(one.label),
        "code": one.code,
        "found": local_iso(one.found_at, zone),
        "kept": None if one.kept is None else _side(one.kept, zone),
        "late": _side(one.late, zone),
        "may_take": one.may_take,
    }


def review_document(one: "ReviewView", zone: str) -> dict[str, Any]:
    return {
        "event": one.event,
        **label_document(one.label),
        "reason": one.reason,
        "found": local_iso(one.found_at, zone),
        "step": _side(one.step, zone),
        "may_undo": one.may_undo,
    }


def held_document(one: "HeldRecord", zone: str) -> dict[str, Any]:
    return {
        "key": one.key,
        "device": one.device,
        "incarnation": one.incarnation,
        "branch": one.branch,
        "seq": one.seq,
        "reason": one.reason,
        "held": local_iso(one.held_at, zone),
        "kind": one.kind or None,
        "actor": one.actor or None,
        "at": local_iso(one.at, zone),
        **label_document(one.label),
    }


def state_document(state: "SyncState", zone: str, not_taken: "Sequence[RefusedDocument]") -> dict[str, Any]:
    return {
        "state": state.phase.value,
        "site": state.site,
        "device": state.device,
        "upstream": {"site": state.upstream, "name": state.upstream_name or None, "url": state.url}
        if state.joined
        else None,
        "last_success": local_iso(state.heard_at, zone),
        "failure": state.failure or None,
        "offset_ms": state.offset_ms,
        "waiting": state.waiting,
        "records": state.records,
        "oldest": local_iso(state.oldest_at, zone),
        "files": state.files,
        "refused": state.refused,
        "quarantined": state.quarantined,
        "conflicts": state.conflicts,
        "reviews": state.reviews,
        "documents_refused": [
            {"kind": one.kind, "version": one.version, "reason": one.reason, "field": one.field or None}
            for one in not_taken
        ],
    }


_PHASES = {
    "alone": "独立网点",
    "synced": "已同步",
    "waiting": "等待同步",
    "offline": "离线",
    "revoked": "已被停用",
}


def state_text(state: "SyncState", zone: str, not_taken: "Sequence[RefusedDocument]") -> str:
    lines = [_PHASES[state.phase]]
    if state.joined:
        heard = local_iso(state.heard_at, zone)
        lines.append(
            "  ".join(part for part in (f"上级 {state.above}", state.upstream_name and state.url) if part)
        )
        lines.append(f"最近同步 {heard[:16].replace('T', ' ') if heard else '还没有'}")
        lines.append(f"等待 {state.waiting} 条，附件 {state.files} 个")
    if state.failure:
        lines.append(failure_words(state.failure))
    if state.clock_is_off:
        lines.append(f"本机时钟与上级相差 {round(abs(state.offset_ms) / 60_000)} 分钟，请校准。")
    lines.append(
        f"退回 {state.refused}，冲突 {state.conflicts}，复核 {state.reviews}，隔离 {state.quarantined}"
    )
    lines += [refused_words(one.kind, one.reason, one.field) for one in not_taken]
    return "\n".join(lines)


def day_document(told: "DayEnd", zone: str) -> dict[str, Any]:
    return {
        "day": told.day.isoformat(),
        "accepted": told.accepted,
        "confirmed": told.confirmed,
        "waiting": told.waiting,
        "digest": told.digest if told.confirmed else None,
        "open": list(told.open_numbers),
        "upstream": told.upstream_name or None,
        "last_success": local_iso(told.heard_at, zone),
    }


def day_text(told: "DayEnd", file: str | None) -> str:
    lines = [f"{told.day}  受理 {told.accepted}、中心已确认 {told.confirmed}、等待 {told.waiting}"]
    lines += [f"核对码 {told.digest}"] if told.confirmed else []
    lines += [f"核对单已存为 {file}"] if file else []
    return "\n".join(lines)
