"""The sentences about files that cannot be read: what is wrong, where, and the way out.

The child names them by code (cells.Bad); nothing else may put words into the mouth of the reader.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as lazy

from core.said import filled
from core.workbook.encodings import NAMES

DAMAGED = lazy("The file is damaged: open it in Excel or WPS and save it as .xlsx again.")

ENCODINGS = {
    "utf-8": "UTF-8",
    "gb18030": lazy("GBK / GB18030 (simplified Chinese)"),
    "cp950": lazy("Big5 (traditional Chinese)"),
    "utf-16": "UTF-16",
    "cp1252": lazy("Windows-1252 (Western Europe)"),
    "cp932": lazy("Shift-JIS (Japanese)"),
    "cp949": lazy("EUC-KR (Korean)"),
    "cp1250": lazy("Windows-1250 (Central Europe)"),
    "cp1251": lazy("Windows-1251 (Cyrillic)"),
}
ENCODING_CHOICES = [(name, ENCODINGS[name]) for name in NAMES]
ALIKE = {"utf-8-sig": "utf-8", "utf-16-le": "utf-16", "utf-16-be": "utf-16"}

SENTENCES = {
    # the file as a whole
    "empty": lazy("The file is empty (0 bytes): save it once more and upload that."),
    "large": lazy("The file is larger than %(most)d MB: split it into several files."),
    "no-workbook": lazy(
        "This is not an .xlsx workbook: open the file in Excel or WPS and save it as .xlsx."
    ),
    "password": lazy(
        "The workbook has a password: take the password off in Excel and save it as .xlsx again."
    ),
    "macros": lazy("The workbook holds macros: save it as .xlsx without them."),
    "xls-old": lazy(
        "This is a workbook of Excel 5.0/95 or older: open it in Excel or WPS and save it as .xlsx."
    ),
    "xlsb": lazy("This is a binary workbook (.xlsb): save it as .xlsx."),
    "ods": lazy("This is an OpenDocument table (.ods): save it as .xlsx."),
    "document": lazy(
        "This is a text document or a presentation: copy the table to a workbook, save it as .xlsx."
    ),
    "web-page": lazy(
        "This is a web page, not a table: open it in Excel or WPS and save it as .xlsx."
    ),
    "damaged": DAMAGED,
    "missing-part": lazy(
        "The part “%(part)s” of the workbook is missing: open the file in Excel or WPS and save "
        "it as .xlsx again."
    ),
    "names": lazy(
        "The workbook holds parts with forbidden or repeated names: open it in Excel or WPS and "
        "save it as .xlsx again."
    ),
    "method": lazy(
        "The workbook is packed in a way Excel does not use: open it in Excel or WPS and save it "
        "as .xlsx again."
    ),
    "entries": lazy(
        "The workbook has more than %(most)d parts: copy the table to a new workbook, save it as "
        ".xlsx."
    ),
    "unpacked": lazy("The workbook unpacks to more than %(most)d MB: split it into several files."),
    "bomb": lazy(
        "The workbook unpacks to many times its size: copy the table to a new workbook, save it "
        "as .xlsx."
    ),
    "doctype": lazy(
        "The workbook holds a DOCTYPE or entities, which Excel never writes: open it in Excel or "
        "WPS and save it as .xlsx again."
    ),
    "deep": lazy(
        "The part “%(part)s” of the workbook is nested too deeply: open the file in Excel or WPS "
        "and save it as .xlsx again."
    ),
    "outside": lazy(
        "The workbook points to a sheet outside the file: open it in Excel and save it as .xlsx "
        "again."
    ),
    "texts": lazy(
        "The workbook holds more text than can be read at once: split it into several files."
    ),
    "sheets": lazy(
        "The workbook has more than %(most)d sheets: keep those with data, delete the others."
    ),
    "no-sheets": lazy("The workbook has no sheet with cells: add your data and save it again."),
    "memory": lazy("Reading the file takes too much memory: split it into several files."),
    "slow": lazy("Reading the file takes too long: split it into several files, save as .xlsx."),
    # one sheet, one cell
    "damaged-part": lazy(
        "The part “%(part)s” of the workbook is damaged: open the file in Excel or WPS and save "
        "it as .xlsx again."
    ),
    "damaged-sheet": lazy(
        "The sheet “%(sheet)s” is damaged: open the file in Excel or WPS and save it as .xlsx "
        "again."
    ),
    "rows": lazy("The sheet “%(sheet)s” has more than %(most)d rows: split it into several files."),
    "beyond": lazy(
        "Sheet “%(sheet)s” goes on to row %(row)d, but at most row %(most)d is read: delete the "
        "empty rows below your data."
    ),
    "columns": lazy(
        "Sheet “%(sheet)s”, cell %(cell)s: more than %(most)d columns are filled; delete those "
        "that are not needed."
    ),
    "twice": lazy(
        "Sheet “%(sheet)s”: %(cell)s stands there twice, so nobody knows which one counts; open "
        "the file in Excel or WPS and save it as .xlsx again."
    ),
    "place": lazy(
        "Sheet “%(sheet)s” holds “%(cell)s”, which is no place of a sheet; open the file in Excel "
        "or WPS and save it as .xlsx again."
    ),
    "string": lazy(
        "Sheet “%(sheet)s”, cell %(cell)s points to a text that is not there: open the file in "
        "Excel or WPS and save it as .xlsx again."
    ),
    "number": lazy(
        "Sheet “%(sheet)s”, cell %(cell)s holds “%(value)s” instead of a number: type the value "
        "again in Excel and save the file."
    ),
    "long": lazy(
        "Sheet “%(sheet)s”, cell %(cell)s: the text is longer than 32,767 characters; shorten it."
    ),
    # text files
    "csv-nul": lazy("The text file holds NUL characters: save it as “CSV UTF-8” in Excel or WPS."),
    "csv-encoding": lazy(
        "The encoding of the text file is not known: choose it, or save the table as “CSV UTF-8” "
        "in Excel or WPS."
    ),
    "csv-chosen": lazy(
        "The text file is not written in %(encoding)s: choose another encoding, or save the table "
        "as “CSV UTF-8” in Excel or WPS."
    ),
    "csv-quote": lazy(
        "Row %(row)d: a double quote is never closed or stands in the wrong place; correct it or "
        "save the table as .xlsx."
    ),
    "csv-line": lazy(
        "Row %(row)d: the line is longer than a million characters; check its line ends or save "
        "the table as .xlsx."
    ),
    "csv-long": lazy(
        "Row %(row)d: a text is longer than 32,767 characters, or a double quote is never "
        "closed; correct it or save the table as .xlsx."
    ),
    "csv-columns": lazy(
        "Cell %(cell)s: more than %(most)d columns are filled; delete those that are not needed."
    ),
    "csv-rows": lazy("The file has more than %(most)d rows: split it into several files."),
    "csv-beyond": lazy(
        "The file goes on to row %(row)d, but at most row %(most)d is read: delete the empty rows "
        "below your data."
    ),
}


def sentence(code: str, where: Mapping[str, str | int]) -> str:
    """Give the sentence for a code; what a file says about itself is shown on one clean line."""
    shown = {
        key: _shown(value) if isinstance(value, str) else value for key, value in where.items()
    }
    if code in ("rows", "columns", "beyond") and not shown.get("sheet"):
        code = f"csv-{code}"  # a text file has one sheet, without a name
    if code == "damaged-part" and shown.get("sheet"):
        code = "damaged-sheet"
    text = SENTENCES.get(code, DAMAGED)
    return str(filled(text, shown))


def _shown(value: str) -> str:
    return "".join(sign if sign.isprintable() else "�" for sign in value[:100])


def encoding_label(name: str) -> str:
    """Give the name by which people know an encoding, of one that was found as well."""
    name = ALIKE.get(name, name)
    return str(ENCODINGS.get(name, name))
