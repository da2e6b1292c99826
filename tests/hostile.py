"""Files made by hand, byte by byte, as no program would write them."""

from __future__ import annotations

import io
import zipfile

GOOD = "BACI_HS92_Y2021_V202601"
BACI = b"t,i,j,k,v,q\n2021,156,643,10121,12.5,1.25\n2021,156,643,270900,1.0,NA\n"

_OFFICE = "http://schemas.openxmlformats.org"
_SHEETS = f"{_OFFICE}/spreadsheetml/2006/main"
_LINKS = f"{_OFFICE}/officeDocument/2006/relationships"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def zip_of(*members: tuple[str, bytes | str]) -> bytes:
    """A zip archive of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def cut_off_behind(name: str, inner: bytes) -> bytes:
    """A zip archive whose end is lost, and with it the directory, behind another one that it holds as it is."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(name, inner)
        archive.writestr(f"{GOOD}.csv", BACI)
    return buffer.getvalue()[:-30]


def patched(local_at: int, local: int, listed_at: int, listed: int) -> bytes:
    """A zip archive of one file with a byte of the file's own header and one of its entry in the directory changed."""
    content = bytearray(zip_of((f"{GOOD}.csv", BACI)))
    content[local_at] = content[local_at] ^ local if local_at == 14 else local
    at = content.index(b"PK\x01\x02") + listed_at
    content[at] = content[at] ^ listed if local_at == 14 else listed
    return bytes(content)


def workbook_of(rows: str, header: tuple[str, ...]) -> bytes:
    """A workbook of one sheet: a header in row 1, and `rows` as XML below it."""
    cells = "".join(
        f'<c r="{chr(65 + at)}1" t="inlineStr"><is><t>{name}</t></is></c>' for at, name in enumerate(header)
    )
    sheet = f'<worksheet xmlns="{_SHEETS}"><sheetData><row r="1">{cells}</row>{rows}</sheetData></worksheet>'
    types = (
        f'<Types xmlns="{_OFFICE}/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/></Types>'
    )
    return zip_of(
        ("[Content_Types].xml", types),
        ("_rels/.rels", _links("officeDocument", "xl/workbook.xml")),
        (
            "xl/workbook.xml",
            f'<workbook xmlns="{_SHEETS}" xmlns:r="{_LINKS}"><sheets><sheet name="Data" sheetId="1" r:id="rId1"/>'
            "</sheets></workbook>",
        ),
        ("xl/_rels/workbook.xml.rels", _links("worksheet", "worksheets/sheet1.xml")),
        ("xl/worksheets/sheet1.xml", sheet),
    )


def _links(kind: str, target: str) -> str:
    return (
        f'<Relationships xmlns="{_OFFICE}/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{_LINKS}/{kind}" Target="{target}"/></Relationships>'
    )
