"""How the bytes of a CSV file are to be read, where that is certain: by its mark, and by its header. Pure."""

import csv
import io
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from typing import Final

UTF16: Final = {BOM_UTF16_LE: "utf-16-le", BOM_UTF16_BE: "utf-16-be"}
DELIMITERS: Final = (",", ";", "\t")
HEAD: Final = 2**16
# In UTF-16 without a mark every other byte of Latin letters is zero.
LOOKED_AT: Final = 200


def to_utf8(content: bytes, *, is_whole: bool = True) -> bytes:
    """The same text in UTF-8 without a mark; what bears no mark is left as it is.

    Raises `UnicodeDecodeError` where a mark promises UTF-16 and the bytes are none (not unless `is_whole`).
    """
    for mark, encoding in UTF16.items():
        if content.startswith(mark):
            errors = "strict" if is_whole else "replace"
            return content[len(mark) :].decode(encoding, errors=errors).encode()
    return content.removeprefix(BOM_UTF8)


def delimiter_of(content: bytes) -> str:
    """What stands between the cells: the only one of comma, semicolon and tab that parts the header; else the comma."""
    line = content[:HEAD].decode(errors="replace")
    parting = [one for one in DELIMITERS if len(next(csv.reader(io.StringIO(line), delimiter=one), [])) > 1]
    return parting[0] if len(parting) == 1 else ","


def guess(content: bytes) -> str:
    """What bytes that are no UTF-8 may be, in words for whoever has to mend it."""
    if content[:LOOKED_AT].count(0) * 3 > len(content[:LOOKED_AT]):
        return "It looks like UTF-16 without its mark; save it as CSV UTF-8."
    try:
        content.decode("cp1252")
    except UnicodeDecodeError:
        return "Save the file as CSV UTF-8."
    return "It may be Windows-1252, as spreadsheets write plain CSV; save it as CSV UTF-8."
