"""Hostile files by name, each with what must come of it; made when asked for, never committed."""

from tests.core.workbook.hostile import containers, layouts, markups, texts, values

CASES = {
    **containers.CASES,
    **markups.CASES,
    **layouts.CASES,
    **values.CASES,
    **texts.CASES,
}
