"""Every hostile file ends in its rows or in a sentence with a way out; nothing hangs or grows."""

import socket
import threading

import pytest
from django.utils import translation

from core.workbook import reading
from core.workbook.reading import Anew, Block, Note, Unreadable
from tests.core.workbook.hostile import CASES
from tests.core.workbook.hostile.markups import CANARY_PORT
from tests.effort import spent

SECONDS, KIB = 10, 500 * 1024
WAY_OUT = (
    "请",
    "save",
    "split",
    "delete",
    "type",
    "shorten",
    "copy",
    "correct",
    "check",
    "add",
    "keep",
)


def outcome(path, name):
    """Read a file as production does; give rows, kinds of notes, and the peak of the child."""
    rows, notes = [], set()
    with reading.opened(path, name) as book:
        for item in book:
            if isinstance(item, Block):
                rows += item.rows
            elif isinstance(item, Anew):
                rows.clear()
            elif isinstance(item, Note):
                notes.add(item.kind)
    return rows, notes, book.peak_kib


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_file_is_read_exactly_or_refused_in_words(name, tmp_path):
    case = CASES[name]
    file = tmp_path / "upload"
    file.write_bytes(case.make())
    began = spent()

    try:
        rows, notes, peak = outcome(file, case.name)
    except Unreadable as refusal:
        refused = str(refusal)
    else:
        refused = ""
        assert case.says is None, rows[:3]
        assert case.rows is None or rows == case.rows
        assert set(case.notes) <= notes
        assert peak < KIB
    if refused:
        assert case.rows is None, refused
        assert (case.says or "") in refused
        assert "请" in refused or "应" in refused
    assert spent() - began < SECONDS


@pytest.mark.parametrize("name", ["number 'NaN'", "csv open quote", "1 GiB in 1 MB", "docx"])
def test_the_sentence_is_there_in_english_too(name, tmp_path):
    file = tmp_path / "upload"
    file.write_bytes(CASES[name].make())

    with translation.override("en"), pytest.raises(Unreadable) as refusal:
        outcome(file, CASES[name].name)

    assert str(refusal.value).isascii() or "“" in str(refusal.value)
    assert any(way in str(refusal.value) for way in WAY_OUT)


def test_no_entity_is_fetched(tmp_path):
    heard = []
    with socket.create_server(("127.0.0.1", CANARY_PORT)) as listener:
        listener.settimeout(1)

        def listen():
            try:
                heard.append(listener.accept())
            except OSError:
                return

        thread = threading.Thread(target=listen)
        thread.start()
        for name in [name for name in CASES if name.startswith("http in")]:
            file = tmp_path / "upload"
            file.write_bytes(CASES[name].make())
            with pytest.raises(Unreadable):
                outcome(file, "a.xlsx")
        thread.join()

    assert heard == []


def test_the_set_is_large_enough():
    assert len(CASES) >= 120
