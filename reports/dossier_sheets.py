"""The written parts of a dossier: cover, matter, history, answers, meetings, opinions, papers, list of files."""

from collections.abc import Iterator

from domain.printing.dossier import Dossier, DossierFile
from reports import words
from reports.history import step_sentence
from reports.loop_sheets import ending, meetings, shares
from reports.sections import received, seal, served_by, ticks, who
from reports.sheet import (
    Column,
    Fact,
    Facts,
    Listing,
    Remark,
    Section,
    Signatures,
    Words,
)
from reports.wording import Said

_TEXT_LIMIT = 100_000
Part = tuple[str, tuple[Section, ...]]


def cover_sections(dossier: Dossier, said: Said) -> Iterator[Section]:
    """The cover: whose case it is, how it ended, how much the dossier holds."""
    if said.opening:
        yield Remark(said.opening, plain=True)
    yield Facts(
        (
            *who(dossier),
            Fact("事项类型", words.word(words.KINDS, dossier.kind)),
            Fact("受理时间", dossier.accepted_at),
            Fact("办件状态", words.word(words.STATES, dossier.state), strong=True),
            Fact("办结时间", dossier.resolved_at),
            Fact("归档时间", dossier.archived_at),
            Fact("立卷时间", dossier.mark.printed_at),
            Fact("办理经过", f"{len(dossier.history)} 步"),
            Fact("附件", f"{len(dossier.files)} 件"),
        )
    )
    if said.closing:
        yield Remark(said.closing)
    if said.signatures:
        yield Signatures(said.signatures)
    yield from seal(said)


def parts_of(dossier: Dossier, said: Said) -> Iterator[Part]:
    """The parts between contents and files, by name; what the case does not have is left out."""
    yield said.heading("matter"), tuple(_matter(dossier))
    yield said.heading("history"), (_history(dossier, said),)
    answers = tuple(_answers(dossier, said))
    if answers:
        yield said.heading("answers"), answers
    if dossier.meetings:
        yield said.heading("meetings"), tuple(meetings(dossier.meetings, "议定事项", _TEXT_LIMIT))
    if dossier.voices:
        yield said.heading("voices"), (_voices(dossier, said),)
    yield said.heading("prints"), (_prints(dossier, said),)
    if dossier.files:
        yield said.heading("files"), (_files(dossier, said),)


def file_facts(file: DossierFile) -> tuple[Fact, ...]:
    """What is known of a file."""
    return (
        Fact("文件名", file.name, wide=True, strong=True),
        Fact("大小", _size(file.size)),
        Fact("类型", file.media_type),
        Fact("SHA-256", file.sha256, wide=True),
    )


def _matter(dossier: Dossier) -> Iterator[Section]:
    limit = words.limit_words(dossier.limit, dossier.limit_days)
    due = f"{words.with_weekday(dossier.due)} 前" if dossier.due else "—"
    yield Facts(
        (
            *who(dossier),
            Fact("受理渠道", words.word(words.CHANNELS, dossier.channel)),
            served_by(dossier),
            Fact("受理时间", dossier.accepted_at),
            Fact("涉及面", words.SCOPES.get(dossier.scope, "")),
            Fact("时限类别", limit),
            Fact("办理期限", f"{due}（暂定）" if dossier.provisional else due),
        )
    )
    yield Words("诉求内容", dossier.matter)
    if dossier.ticks:
        yield ticks(dossier.package, dossier.ticks)
    if dossier.materials:
        yield received("已收材料", dossier.materials)
    if dossier.missing:
        yield Words("缺少材料", "\n".join(dossier.missing))


def _history(dossier: Dossier, said: Said) -> Listing:
    columns = Column("时间", 2.5), Column("经过", 7.2), Column("经手人", 1.7)
    rows = tuple((step.at, step_sentence(step), step.by or "本机") for step in dossier.history)
    return Listing(said.heading("history"), columns, rows, compact=True, multiline=True)


def _answers(dossier: Dossier, said: Said) -> Iterator[Section]:
    if dossier.resolved_at:
        yield ending(dossier.resolved_at, dossier.in_time, dossier.due, dossier.spent_min)
    if dossier.answer:
        yield Words("办理结果", dossier.answer)
    if dossier.reason:
        yield Words("理由", dossier.reason)
    if dossier.plan:
        yield Words(f"方案（{dossier.plan_until} 前完成）", dossier.plan)
    if dossier.shares:
        yield shares("承办板块", dossier.shares, with_time=True)
    for share in dossier.shares:
        if share.answer:
            yield Words(f"{share.board}的答复（{share.answered_at}）", share.answer)
    if dossier.told_at:
        how = words.word(words.TOLD_BY, dossier.told_by)
        facts = [Fact("反馈时间", f"{dossier.told_at}　{how}"), Fact("告知对象", dossier.told)]
        if dossier.told_text:
            facts.append(Fact("说明", dossier.told_text, wide=True))
        yield Facts(tuple(facts))


def _voices(dossier: Dossier, said: Said) -> Listing:
    columns = Column("时间", 2.2), Column("方式", 1.5), Column("评价", 1.8), Column("内容", 6)
    rows = tuple(
        (
            voice.at,
            words.word(words.VOICES, voice.what),
            words.LEVELS.get(voice.level, "—"),
            "；".join(filter(None, (words.word(words.CALL_RESULTS, voice.result), voice.text))),
        )
        for voice in dossier.voices
    )
    return Listing(said.heading("voices"), columns, rows)


def _prints(dossier: Dossier, said: Said) -> Listing:
    columns = Column("序号", 1, "center"), Column("单据", 7), Column("打印次数", 2, "center")
    rows = tuple(
        (str(place), words.word(words.PAPERS, one.paper), str(one.copies))
        for place, one in enumerate(dossier.prints, 1)
    )
    return Listing(said.heading("prints"), columns, rows, compact=True)


def _files(dossier: Dossier, said: Said) -> Listing:
    columns = Column("序号", 1, "center"), Column("文件名", 5), Column("大小", 1.5), Column("SHA-256", 5.5)
    rows = tuple(
        (str(place), file.name, _size(file.size), file.sha256) for place, file in enumerate(dossier.files, 1)
    )
    return Listing(said.heading("files"), columns, rows, compact=True)


def _size(size: int) -> str:
    return f"{size / 1024:.0f} KB" if size < 1_000_000 else f"{size / 1_048_576:.1f} MB"
