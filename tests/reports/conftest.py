"""Snapshots of papers and made-up system fonts."""

from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from domain.printing.papers import (
    Applicant,
    BoardRole,
    BoardShare,
    CaseSlip,
    LinkState,
    Material,
    OneTimeNotice,
    PrintMark,
    Representative,
    SitePlace,
)
from reports.rare import SystemFonts

SITE = SitePlace("钱江新城企业综合服务中心", "0571-8888 1234", "富春路 168 号", "工作日 9:00–17:00")
PERSON = Representative("王晓", "13812345678", "agent")
APPLICANT = Applicant("杭州蓝鲸智能装备有限公司", "91330100MA2H0KCB5W", "enterprise")
NUMBER = "QJ261122AB0017K"


@pytest.fixture
def slip() -> CaseSlip:
    return CaseSlip(
        site=SITE,
        number=NUMBER,
        applicant=APPLICANT,
        kind="request",
        channel="window",
        matter="想申请今年的技改补贴，请专人看一下材料。",
        clerk="陈晓",
        window="3 号窗口",
        mark=PrintMark(1, "2026-11-22 13:06", LinkState.LOCAL),
        representative=PERSON,
        materials=(Material("营业执照副本", "复印件 1 份"),),
        qr=NUMBER,
        accepted_at="2026-11-22 13:05",
        limit="standard",
        limit_days=3,
        due="2026-11-25 17:00",
        boards=(BoardShare("政策服务", BoardRole.LEAD, "区经信局"), BoardShare("科创服务", BoardRole.ASSIST)),
        scope="chain",
    )


@pytest.fixture
def notice() -> OneTimeNotice:
    return OneTimeNotice(
        site=SITE,
        number=NUMBER,
        applicant=APPLICANT,
        kind="item",
        channel="window",
        matter="食品经营许可证新办。",
        clerk="陈晓",
        window="3 号窗口",
        mark=PrintMark(2, "2026-11-22 13:06", LinkState.SYNCED),
        representative=PERSON,
        qr=NUMBER,
        noticed_at="2026-11-22 13:05",
        missing=tuple(Material(f"材料{n:02d}号布局图", "原件 1 份", "加盖公章") for n in range(1, 31)),
        item="食品经营许可（新办）",
    )


@pytest.fixture
def no_fonts() -> SystemFonts:
    """A machine without any font of its own."""
    return SystemFonts(())


@pytest.fixture
def rare_fonts(tmp_path: Path) -> SystemFonts:
    """A machine whose only font draws 𠮷 as a black square; beside it a damaged font file."""
    (tmp_path / "damaged.ttf").write_bytes(b"\x00\x01\x00\x00 not a font")
    _square_font("𠮷").save(tmp_path / "square.ttf")
    return SystemFonts((tmp_path, tmp_path / "missing"))


def _square_font(char: str) -> FontBuilder:
    pen = TTGlyphPen(None)
    pen.moveTo((100, 0))
    for point in ((100, 800), (900, 800), (900, 0)):
        pen.lineTo(point)
    pen.closePath()
    square, empty = pen.glyph(), TTGlyphPen(None).glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "square"])
    builder.setupCharacterMap({ord(char): "square"})
    builder.setupGlyf({".notdef": empty, "square": square})
    builder.setupHorizontalMetrics({".notdef": (1000, 0), "square": (1000, 100)})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": "Square", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    return builder
