"""Understands the heads of sheets: which sheet is what, where its rows begin, what columns mean.

Pure; what it cannot tell it names, with a suggestion, for the page that asks the user.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from core.records import plain
from core.said import items
from core.said import said as _
from core.workbook.cells import letters
from customers.imports.fields import issues, targets
from customers.imports.fields.cells import shown
from customers.imports.fields.issues import Issue
from customers.imports.heads import kingdee, layout, words
from customers.imports.heads.layout import Column, Layout, Remembered, SheetHead, SheetLayout

MOST_ROWS = 30
_IDENTITY = ("customers.name", "customers.code", "customers.uscc", "customers.tax_number")

Texts = list[str]


def recognise(sheets: Sequence[SheetHead], known: Remembered) -> Layout:
    """Give the layout of a file from the first rows (some 30 are enough) of each of its sheets."""
    found = [_sheet(sheet) for sheet in sheets]
    answers = {one.index: known[one.fingerprint] for one in found if one.fingerprint in known}
    return answered(Layout(tuple(found)), answers)


def answered(known: Layout, answers: Mapping[int, Mapping[str, str]]) -> Layout:
    """Give the layout after the user said per sheet index what headers mean ("" = leave out)."""
    sheets = []
    for sheet in known.sheets:
        told = _told(sheet, answers[sheet.index]) if sheet.index in answers else sheet
        columns = _without_lone_flags(_without_twice(told.columns))
        sheets.append(_shaped(replace(told, columns=columns)))
    return Layout(tuple(sheets), tuple(_issues(sheets)))


def fingerprint(heads: Sequence[str]) -> str:
    """Give the name under which the answers about this set of heads are remembered."""
    folded = {words.folded(head) for head in heads} - words.reported()
    known = "\n".join(sorted(filter(None, folded)))
    return hashlib.sha256(known.encode()).hexdigest()[:32]


def _sheet(head: SheetHead) -> SheetLayout:
    skipped = SheetLayout(head.index, head.name, layout.SKIPPED)
    if head.state != "visible":
        return replace(skipped, reason=_("Hidden sheets are not read."))
    if words.folded(head.name) in map(words.folded, words.NOT_READ):
        return replace(skipped, reason=_("Explanations are not read."))
    rows = [(number, [shown(cell) for cell in cells]) for number, cells in head.rows[:MOST_ROWS]]
    for at, (number, texts) in enumerate(rows):
        if kingdee.is_keys(texts):
            labels = rows[at + 1] if at + 1 < len(rows) else (number, [])
            has_labels = kingdee.is_labels(labels[1])
            last = labels[0] if has_labels else number
            return _kingdee(head, number, last, texts, labels[1] if has_labels else [])
        if kingdee.is_labels(texts):
            return _kingdee(head, number, number, [], texts)
    scores = [sum(bool(words.means(text)) for text in texts if text) for _number, texts in rows]
    best = max(scores, default=0)
    named = words.sheet_names().get(words.folded(head.name))
    if best == 0 or (best == 1 and not named and sum(map(bool, rows[scores.index(1)][1])) > 1):
        return replace(skipped, reason=_("No row of it looks like column heads."))
    number, texts = rows[scores.index(best)]
    sheet = named or _guessed(texts)
    return SheetLayout(
        head.index,
        head.name,
        layout.TABLE,
        sheet,
        number,
        number + 1,
        tuple(_columns(texts, sheet)),
        fingerprint(texts),
    )


def _kingdee(head: SheetHead, first: int, last: int, keys: Texts, labels: Texts) -> SheetLayout:
    columns = tuple(kingdee.columns(keys, labels))
    name, shape = head.name, layout.KINGDEE
    mark = fingerprint(keys or labels)
    return SheetLayout(head.index, name, shape, "customers", first, last + 1, columns, mark)


def _guessed(texts: Texts) -> str:
    """Give what a sheet is about by its heads; words that one kind alone has count most."""
    scores = dict.fromkeys(targets.SHEETS, 0.0)
    for text in filter(None, texts):
        kinds = {key.partition(".")[0] for key in words.means(text)}
        for kind in kinds:
            scores[kind] += 1 if len(kinds) == 1 else 0.4
    heads = {key for text in texts if text for key in words.means(text)}
    if not heads.intersection(_IDENTITY) or not _has_own_identity(texts):
        scores["customers"] -= 1
    return max(targets.SHEETS, key=lambda kind: scores[kind])


def _has_own_identity(texts: Texts) -> bool:
    """Say whether a head names the customer itself, not only the code that children carry too."""
    strong = {"customers.name", "customers.uscc", "customers.tax_number"}
    return any(set(words.means(text)[:1]) & strong for text in texts if text)


def _columns(texts: Texts, sheet: str) -> list[Column]:
    used: set[str] = set()
    found: list[Column] = []
    before = sheet
    for index, text in enumerate(texts):
        if not text.strip():
            continue
        column = _column(index, text, sheet, before, used)
        if column.fate == layout.MAPPED:
            used.add(column.target)
            before = column.target.partition(".")[0]
        found.append(column)
    return _with_helpers(found)


def _column(index: int, text: str, sheet: str, before: str, used: set[str]) -> Column:
    place = (index, letters(index), text)
    keys = words.means(text)
    word = words.bare(text)
    if word in words.system_words() and not keys:
        return Column(*place, layout.IGNORED, reason=_("The system sets this itself."))
    if word in words.reported():
        return Column(*place, layout.IGNORED, reason=_("Reasons of an earlier check are not read."))
    if not keys:
        return Column(*place, layout.UNKNOWN, suggestion=words.nearest(text, targets.SHEETS))
    ranked = sorted(keys, key=lambda key: _distance(key, sheet, before, used))
    return Column(*place, layout.MAPPED, ranked[0])


def _distance(key: str, sheet: str, before: str, used: set[str]) -> tuple[bool, int]:
    """Order the meanings of a head: free ones first, then the part it stands in, then the sheet."""
    kind = key.partition(".")[0]
    name = key.partition(".")[2]
    if name in (targets.ROW_KEY, targets.OWNER_CODE) and kind != sheet:
        return True, 3
    if kind == before:
        return key in used, 0
    return key in used, 1 if kind == sheet else 2


def _with_helpers(found: list[Column]) -> list[Column]:
    """Of a column with codes and one with names of the same field, the codes decide."""
    given = []
    for column in found:
        twins = [one for one in found if one.target == column.target and one is not column]
        by_name = words.pointed(column.header)[1] or not words.pointed(column.header)[0]
        coded = any(
            words.pointed(twin.header)[0] and not words.pointed(twin.header)[1] for twin in twins
        )
        is_helper = column.fate == layout.MAPPED and by_name and coded
        given.append(replace(column, fate=layout.HELPER) if is_helper else column)
    return given


def _told(sheet: SheetLayout, answers: Mapping[str, str]) -> SheetLayout:
    wanted = {words.folded(head): target for head, target in answers.items()}
    columns = []
    for column in sheet.columns:
        target = wanted.get(words.folded(column.header))
        if target is None:
            columns.append(column)
        elif target in targets.by_key():
            columns.append(replace(column, fate=layout.MAPPED, target=target, reason=""))
        else:
            reason = _("Left out, as you said.")
            columns.append(replace(column, fate=layout.IGNORED, target="", reason=reason))
    return replace(sheet, columns=tuple(columns))


def _without_twice(columns: Sequence[Column]) -> tuple[Column, ...]:
    first: dict[str, Column] = {}
    given = []
    for column in columns:
        if column.fate not in (layout.MAPPED, layout.TWICE):
            given.append(column)
            continue
        known = first.setdefault(column.target, column)
        fate = layout.MAPPED if known is column else layout.TWICE
        given.append(replace(column, fate=fate))
    return tuple(given)


def _without_lone_flags(columns: Sequence[Column]) -> tuple[Column, ...]:
    """A flag of a child without any other column of it is what lists show in words."""
    kinds: dict[str, set[str]] = {}
    for column in columns:
        if column.fate == layout.MAPPED:
            target = targets.by_key()[column.target]
            kinds.setdefault(target.sheet, set()).add(target.kind)
    lone = {sheet for sheet, found in kinds.items() if found == {plain.FLAG}} - {"customers"}
    reason = _("It is shown in lists only; its rows come from a sheet or columns of their own.")
    return tuple(
        replace(column, fate=layout.IGNORED, target="", reason=reason)
        if column.fate == layout.MAPPED and column.target.partition(".")[0] in lone
        else column
        for column in columns
    )


def _shaped(sheet: SheetLayout) -> SheetLayout:
    """A table with columns of several parts is flat; its rows are about customers."""
    if sheet.shape not in (layout.TABLE, layout.FLAT):
        return sheet
    kinds = {target.partition(".")[0] for target in sheet.letters}
    if len(kinds) < 2:
        return replace(sheet, shape=layout.TABLE, sheet=next(iter(kinds), sheet.sheet))
    return replace(sheet, shape=layout.FLAT, sheet="customers")


def _issues(sheets: Sequence[SheetLayout]) -> list[Issue]:
    found = []
    for sheet in sheets:
        found += _of_sheet(sheet)
    if all(sheet.shape == layout.SKIPPED for sheet in sheets):
        reason = _("No sheet holds customers or what belongs to them.")
        hint = _("Put the column heads of the template into the first row.")
        found.append(Issue(-1, 0, "", "", "", issues.SHEET, reason, hint))
    return found


def _of_sheet(sheet: SheetLayout) -> list[Issue]:
    if sheet.shape == layout.SKIPPED:
        if sheet.is_own:
            return []
        return [
            Issue(sheet.index, 0, "", "", sheet.name, issues.SHEET, sheet.reason, is_error=False)
        ]
    found = [_of_column(sheet, column) for column in sheet.columns]
    found.append(_missing(sheet))
    return [issue for issue in found if issue is not None]


def _of_column(sheet: SheetLayout, column: Column) -> Issue | None:
    place = (sheet.index, sheet.header_row, column.letter, column.target, column.header)
    if column.fate == layout.TWICE:
        first = sheet.letters[column.target]
        reason = _("%(first)s and %(second)s are both “%(label)s”.") % {
            "first": f"{first}{sheet.header_row}",
            "second": f"{column.letter}{sheet.header_row}",
            "label": targets.by_key()[column.target].head,
        }
        return Issue(*place, issues.HEADER, reason, _("Delete one of the columns or rename it."))
    if column.fate == layout.UNKNOWN:
        reason = _("The column “%(head)s” is unknown.") % {"head": column.header}
        hint = _("Say what it means, or leave it out.")
        if column.suggestion:
            label = targets.by_key()[column.suggestion].head
            hint = _("Did you mean “%(value)s”?") % {"value": label}
        return Issue(*place, issues.COLUMN, reason, hint, column.suggestion, is_error=False)
    if column.fate == layout.IGNORED and not column.is_mark:
        reason = _("The column “%(head)s” is not read: %(reason)s") % {
            "head": column.header,
            "reason": column.reason,
        }
        return Issue(*place, issues.COLUMN, reason, is_error=False)
    return None


def _missing(sheet: SheetLayout) -> Issue | None:
    """Say which column a sheet cannot do without."""
    given = set(sheet.letters)
    lacking: list[str] = []
    if sheet.sheet == "customers":
        if not given.intersection((*_IDENTITY, "customers.row_key")):
            lacking = ["customers.name"]
    else:
        owners = [f"{sheet.sheet}.{targets.OWNER_CODE}", f"{sheet.sheet}.{targets.ROW_KEY}"]
        lacking = [] if given.intersection(owners) else owners[:1]
    lacking += [
        need
        for need in targets.NEEDED
        if need not in given and {key.partition(".")[0] for key in given} & {need.partition(".")[0]}
    ]
    if not lacking:
        return None
    labels = items(targets.by_key()[key].head for key in lacking)
    reason = _("The sheet has no column “%(labels)s”.") % {"labels": labels}
    return Issue(sheet.index, sheet.header_row, "", lacking[0], "", issues.HEADER, reason)
