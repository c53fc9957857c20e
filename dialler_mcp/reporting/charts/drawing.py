"""Pictures of charts: PNG for chats, SVG for files. Drawn in this process by vl-convert, without a network."""

import struct
import zlib
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from dialler_mcp.problem import Problem
from dialler_mcp.words import Words

SCALE = 2.0
_NO_ADDRESSES: list[str] = []  # from which data may be fetched
_SIGNATURE = 8  # bytes of a PNG before its chunks


_WRONG = Words(
    "The chart cannot be drawn: its specification is wrong, or wants something fetched.",
    "Das Diagramm lässt sich nicht zeichnen: Seine Beschreibung ist falsch oder verlangt etwas aus dem Netz.",
)
_MISSING = Words(
    "Pictures need the package vl-convert-python, which cannot be loaded here: install it again with"
    " `pip install --force-reinstall vl-convert-python` (there is none for Windows on ARM). The figures are there"
    " without it.",
    "Bilder brauchen das Paket vl-convert-python, das sich hier nicht laden lässt: Installieren Sie es neu mit"
    " `pip install --force-reinstall vl-convert-python` (für Windows auf ARM gibt es keines). Die Zahlen sind auch ohne"
    " Bild da.",
)


class CannotDraw(Problem):
    """Pictures cannot be drawn here; `words` say why and what to do."""


def png(spec: dict[str, Any], *, scale: float = SCALE) -> bytes:
    """The picture of a specification, `scale` pixels a point. Blocks for some 100 ms; the first one starts an engine.

    Raises:
        CannotDraw: the drawing library is missing, or the specification is wrong or wants something fetched.
    """
    try:
        return _smaller(_converter().vegalite_to_png(spec, scale=scale, allowed_base_urls=_NO_ADDRESSES))
    except ValueError as error:
        raise CannotDraw(_WRONG) from error


def svg(spec: dict[str, Any]) -> str:
    """The picture of a specification as SVG; its letters are text.

    Raises:
        CannotDraw: as in `png`.
    """
    try:
        return _converter().vegalite_to_svg(spec, allowed_base_urls=_NO_ADDRESSES)
    except ValueError as error:
        raise CannotDraw(_WRONG) from error


def _converter() -> ModuleType:
    try:
        import vl_convert
    except ImportError as error:
        raise CannotDraw(_MISSING) from error
    return vl_convert


def _smaller(picture: bytes) -> bytes:
    """The same PNG, its pixels packed tightly: what vl-convert makes is five times as long."""
    chunks = list(_chunks(picture))
    pixels = zlib.compress(zlib.decompress(b"".join(data for kind, data in chunks if kind == b"IDAT")), 6)
    before = [chunk for chunk in chunks if chunk[0] not in (b"IDAT", b"IEND")]
    smaller = picture[:_SIGNATURE]
    for kind, data in [*before, (b"IDAT", pixels), (b"IEND", b"")]:
        smaller += struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return smaller


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and data of the chunks of a PNG, after ISO/IEC 15948."""
    place = _SIGNATURE
    while place < len(picture):
        (length,) = struct.unpack_from(">I", picture, place)
        yield picture[place + 4 : place + 8], picture[place + 8 : place + 8 + length]
        place += length + 12
