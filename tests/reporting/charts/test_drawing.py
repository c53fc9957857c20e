import struct
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest
import vl_convert

from dialler_mcp.domain.fields import Language
from dialler_mcp.reporting.charts.charts import CHARTS, chart
from dialler_mcp.reporting.charts.drawing import CannotDraw, png, svg
from tests.reporting.some_reports import a_report

SPEC: dict[str, Any] = {
    "data": {"values": [{"a": "Äpfel für 5 €", "b": 1}]},
    "mark": "bar",
    "encoding": {"y": {"field": "a", "type": "nominal"}, "x": {"field": "b", "type": "quantitative"}},
}


def pixels(picture: bytes) -> bytes:
    place, data = 8, b""
    while place < len(picture):
        (length,) = struct.unpack_from(">I", picture, place)
        kind, content = picture[place + 4 : place + 8], picture[place + 8 : place + 8 + length]
        (check,) = struct.unpack_from(">I", picture, place + 8 + length)
        assert check == zlib.crc32(kind + content)
        data += content if kind == b"IDAT" else b""
        place += length + 12
    assert picture.endswith(b"IEND\xaeB`\x82")
    return zlib.decompress(data)


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.thorough
def test_a_chart_is_a_small_picture_of_the_wanted_size(name: str):
    picture = png(chart(name, a_report(["A", "B"]), Language.de), scale=2)
    assert picture.startswith(b"\x89PNG")
    assert struct.unpack_from(">I", picture, 16) == (1600,)
    assert len(picture) < 150_000


def test_no_pixel_is_lost_by_packing():
    whole = vl_convert.vegalite_to_png(SPEC, scale=1)
    picture = png(SPEC, scale=1)
    assert pixels(picture) == pixels(whole)
    assert len(picture) < len(whole)


def test_umlauts_and_signs_are_drawn():
    assert "Äpfel für 5 €" in svg(SPEC)
    other = {**SPEC, "data": {"values": [{"a": "Apfel fur 5 ?", "b": 1}]}}
    assert png(SPEC) != png(other)


@pytest.mark.parametrize("draw", [png, svg])
@pytest.mark.parametrize(
    "wrong",
    [
        {**SPEC, "data": {"url": "https://example.org/data.json"}},
        {"mark": "no such mark"},
    ],
)
def test_nothing_is_fetched(draw: Any, wrong: dict[str, Any]):
    with pytest.raises(CannotDraw, match="wants something fetched"):
        draw(wrong)


def test_no_file_is_read(tmp_path: Path):
    (tmp_path / "data.json").write_text('[{"a": "a secret", "b": 1}]', "utf-8")
    assert "secret" not in svg({**SPEC, "data": {"url": (tmp_path / "data.json").as_uri()}})


def test_a_missing_library_is_explained(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(CannotDraw, match="vl-convert-python"):
        png(SPEC)
