"""Files that are no exports, or none that can be opened: one sentence each."""

import gzip
import json
import struct
import zipfile
import zlib
from dataclasses import replace
from io import BytesIO

from corpus.clothing import FOLDER, Clothing
from corpus.formats import BOOKS, FORMATS, SHEETS
from corpus.formats.ole import container
from corpus.formats.zipped import pack, unpacked
from corpus.traps import Family, Refused, Stage

trap = Family("Refused: files")

_HTML = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>登录</title></head>
<body><table><tr><th>工单编号</th><th>项目名称</th></tr><tr><td>SJ1</td><td>某银行数据中心</td></tr></table></body></html>
"""
_OLD_HTML = '<html xmlns:o="urn:schemas-microsoft-com:office:office"><table><tr><td>工单编号</td></tr></table></html>\n'
_JSON = json.dumps([{"工单编号": "SJ1", "项目名称": "某银行数据中心"}], ensure_ascii=False, indent=1)
_POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'4d7a2146' * 8}\nsize 132735\n"
_PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
_MIB = 1 << 20


def _instead(clothing: Clothing, name: str, data: bytes) -> Clothing:
    """Name one file, which holds something else."""
    return replace(clothing, parcels=(), raw={name: data}, words=(f"{FOLDER}/{name}",))


def _junk() -> bytes:
    """Make bytes that are no text in any encoding, the same every time."""
    state, junk = 2016, bytearray()
    for _ in range(4096):
        state = (state * 1_103_515_245 + 12_345) & 0x7FFF_FFFF
        junk.append(state >> 16 & 0xFF)
    return b"\x7fELF\x02\x01\x01\0" + bytes(junk)


def _foreign() -> None:
    """Declare a trap for each thing that is named like an export: its format by name, bytes, and what is said."""
    forms: tuple[tuple[str, tuple[str, ...], bytes, str], ...] = (
        ("an empty file", SHEETS, b"", r"(?i)empty"),
        ("nothing but blanks", ("csv",), b" \r\n\r\n\t\n", r"(?i)empty|no heading"),
        ("a byte-order mark and nothing else", ("csv",), b"\xef\xbb\xbf", r"(?i)empty|no heading"),
        ("HTML", ("csv", "xls", "xlsx"), _HTML.encode(), r"(?i)html"),
        ("an HTML table as Excel saves it", ("xls",), b"\xef\xbb\xbf" + _OLD_HTML.encode(), r"(?i)html"),
        ("XML", ("csv", "xls"), b'<?xml version="1.0"?>\n<Workbook><Worksheet/></Workbook>\n', r"(?i)xml"),
        ("JSON", ("csv", "xlsx"), _JSON.encode(), r"(?i)json"),
        ("a Git LFS pointer", SHEETS, _POINTER.encode(), r"(?i)git.lfs"),
        ("a PDF", ("csv", "xlsx"), _PDF, r"(?i)pdf"),
        ("binary junk", ("csv", "xlsx"), _junk(), r"."),
        ("a picture", ("csv", "xlsx"), b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(64), r"."),
    )
    for name, formats, data, sentence in forms:

        @trap(name, formats, Stage.BYTES, "files", expects=Refused(sentence))
        def _(clothing: Clothing, data: bytes = data) -> Clothing:
            return _instead(clothing, f"导出{FORMATS[clothing.format].suffix}", data)


_foreign()


@trap("a book with a password", ("xlsx", "xls"), Stage.BYTES, "files", expects=Refused(r"(?i)password|encrypt|protect"))
def encrypted(clothing: Clothing) -> Clothing:
    """Wrap an encrypted package as Excel does: an OLE container with two streams."""
    sizes = struct.pack("<Q", 8192)
    streams = {
        "EncryptionInfo": b"\4\0\4\0\x40\0\0\0" + b"<encryption/>".ljust(4600),
        "EncryptedPackage": sizes + _junk()[:4104] * 2,
    }
    return _instead(clothing, f"台账{FORMATS[clothing.format].suffix}", container(streams))


@trap("a lock file Excel left", ("xlsx", "xls", "ods"), Stage.BYTES, "files", expects=Refused(r"(?i)lock"))
def lock_file(clothing: Clothing) -> Clothing:
    """Name the file that says who has the book open."""
    owner = b"\x05Admin".ljust(55) + "\x05\0Admin".encode("utf-16-le").ljust(110, b" ")
    return _instead(clothing, f"~$台账{FORMATS[clothing.format].suffix}", owner)


@trap("cut off in the middle", (*BOOKS, "csv.gz", "zip"), Stage.BYTES, "files", expects=Refused(r"."))
def cut_off(clothing: Clothing) -> Clothing:
    """Stop a download half-way."""
    first = clothing.parcels[0]
    told = replace(clothing, parcels=(first,), words=(f"{FOLDER}/{clothing.name_of(first)}",))
    return told.spoiled(lambda data: data[: len(data) // 2])


@trap("one byte wrong inside", ("csv.gz", "zip", "xlsx", "ods"), Stage.BYTES, "files", expects=Refused(r"."))
def damaged(clothing: Clothing) -> Clothing:
    """Let a bad sector change what was compressed."""
    first = clothing.parcels[0]

    def change(data: bytes) -> bytes:
        place = _middle_of_largest(data) if data.startswith(b"PK") else len(data) // 2
        return data[:place] + bytes(byte ^ 0xFF for byte in data[place : place + 8]) + data[place + 8 :]

    told = replace(clothing, parcels=(first,), words=(f"{FOLDER}/{clothing.name_of(first)}",))
    return told.spoiled(change)


def _middle_of_largest(data: bytes) -> int:
    """Find a place inside the largest member of a zip: the sheet of tickets, or the only text."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        infos = [
            each for each in archive.infolist() if "sharedStrings" not in each.filename and "theme" not in each.filename
        ]
        largest = max(infos, key=lambda each: each.compress_size)
        return largest.header_offset + 60 + largest.compress_size // 2


def _claimed(member: str, others: dict[str, bytes]) -> bytes:
    """Make a zip whose member claims four gigabytes, all of them from a few kilobytes of zeros."""
    size = 0xFFFF_FFF0
    packed = pack({**others, member: bytes(8 * _MIB)})
    real = struct.pack("<I", 8 * _MIB)
    return packed.replace(real, struct.pack("<I", size))


@trap(
    "a bomb",
    ("csv.gz", "zip", "xlsx", "ods", "xlsb"),
    Stage.BYTES,
    "files",
    expects=Refused(r"(?i)unpack|large"),
    apart=True,
)
def bomb(clothing: Clothing) -> Clothing:
    """Unpack to gigabytes, or claim to."""
    name = f"台账{FORMATS[clothing.format].suffix}"
    if clothing.format == "csv.gz":
        head = b"\x1f\x8b\x08\0\0\0\0\0\2\xff"
        length = 3 << 30
        return _instead(clothing, name, head + _repeated_zeros(length) + struct.pack("<II", 0, length & 0xFFFF_FFFF))
    member = {
        "zip": "工单.csv",
        "xlsx": "xl/worksheets/sheet1.xml",
        "ods": "content.xml",
        "xlsb": "xl/worksheets/sheet1.bin",
    }
    made = FORMATS[clothing.format].write(clothing.parcels[0], clothing.dress)
    others = {key: data for key, data in unpacked(made).items() if key != member[clothing.format]}
    return _instead(clothing, name, _claimed(member[clothing.format], {} if clothing.format == "zip" else others))


def _repeated_zeros(length: int) -> bytes:
    """Deflate zeros: full flushes make every block alike, so that one is compressed and repeated."""
    press = zlib.compressobj(9, zlib.DEFLATED, -15)
    press.compress(b"")
    block = press.compress(bytes(16 * _MIB)) + press.flush(zlib.Z_FULL_FLUSH)
    return block * (length // (16 * _MIB)) + zlib.compressobj(9, zlib.DEFLATED, -15).flush()


@trap("a zip without exports", ("zip",), Stage.BYTES, "files", expects=Refused(r"."))
def zip_of_litter(clothing: Clothing) -> Clothing:
    """Pack nothing but a readme."""
    return _instead(clothing, "导出.zip", pack({"readme.md": b"# nothing here\n"}))


@trap("a zip with a password", ("zip",), Stage.BYTES, "files", expects=Refused(r"(?i)password|encrypt|protect"))
def locked_zip(clothing: Clothing) -> Clothing:
    """Set the flag that says a member is encrypted."""

    def change(data: bytes) -> bytes:
        local = data[:6] + bytes([data[6] | 1]) + data[7:]
        place = local.rindex(b"PK\x01\x02") + 8
        return local[:place] + bytes([local[place] | 1]) + local[place + 1 :]

    first = clothing.parcels[0]
    told = replace(clothing, parcels=(first,), words=(f"{FOLDER}/{clothing.name_of(first)}",))
    return told.spoiled(change)


@trap("gzip of something else", ("csv.gz",), Stage.BYTES, "files", expects=Refused(r"(?i)pdf"))
def gzip_of_pdf(clothing: Clothing) -> Clothing:
    """Compress a PDF."""
    return _instead(clothing, "工单.csv.gz", gzip.compress(_PDF, mtime=0))


@trap("an encoding that is not the file's", ("csv",), Stage.BYTES, "files", "encoding", expects=Refused(r"(?i)utf-?8"))
def wrong_encoding(clothing: Clothing) -> Clothing:
    """Declare UTF-8 where the file is GBK."""
    first = clothing.parcels[0]
    told = replace(clothing, parcels=(first,), words=(f"{FOLDER}/{clothing.name_of(first)}",))
    return replace(told.dressed(encoding="gbk"), options=("--encoding", "utf-8"))


@trap("an encoding nobody knows", ("csv",), Stage.BYTES, "files", "encoding", expects=Refused(r"utf-9", exit_code=2))
def no_encoding(clothing: Clothing) -> Clothing:
    """Slip in the encoding's name."""
    return replace(clothing, options=("--encoding", "utf-9"))


@trap("a sheet that is not there", BOOKS, Stage.BYTES, "files", expects=Refused(r"十三月"))
def no_such_sheet(clothing: Clothing) -> Clothing:
    """Name a sheet the book does not have."""
    name = clothing.name_of(clothing.parcels[0])
    return replace(clothing, words=(f"{FOLDER}/{name}#十三月",))


@trap("a file that is not there", ("csv",), Stage.BYTES, "files", expects=Refused(r"不在\.csv"))
def no_such_file(clothing: Clothing) -> Clothing:
    """Name a file that nobody wrote."""
    return replace(clothing, words=(f"{FOLDER}/不在.csv",))
