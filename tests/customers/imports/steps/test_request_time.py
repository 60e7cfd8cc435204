"""How long a request works on an import: by its check, and by the clock; a worker does the rest."""

from __future__ import annotations

import time

import pytest

from core import jobs
from customers.import_lifecycle import CHECK, UNDO, WRITE
from customers.imports import desk
from customers.imports.kept import shapes
from customers.imports.plan.values import Parser
from customers.imports.steps import moves
from customers.imports.steps.chunks import Chunk
from customers.models import Customer
from tests.customers.imports.filled import (
    CUSTOMERS,
    complete,
    customer_row,
    press,
    started,
    workbook,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("seconds", "is_here"), [(1.0, True), (1.4, False)])
def test_what_takes_long_by_its_check_is_left_to_the_worker(
    admin, world, settings, seconds, is_here
):
    batch = started(complete(range(1, 5)), admin)
    settings.IMPORT_REQUEST_SECONDS = 2.0
    batch.counts["seconds"] = seconds
    batch.save()

    assert moves.fits_request(batch, WRITE) == is_here
    assert moves.fits_request(batch, UNDO) == is_here
    assert moves.fits_request(batch, CHECK)


@pytest.mark.parametrize(("seconds", "state"), [(10.0, "checked"), (20.0, "checking")])
def test_a_cell_of_a_huge_file_is_mended_by_the_worker(admin, world, settings, seconds, state):
    batch = started(workbook({"客户": [CUSTOMERS, customer_row(1, 地区="火星")]}), admin)
    settings.IMPORT_REQUEST_SECONDS = 2.0
    batch.counts["seconds"] = seconds
    batch.save()

    batch = desk.fix_cell(batch, 0, 2, 4, "上海市", press(admin))

    assert batch.state == state
    jobs.run_waiting()
    batch.refresh_from_db()
    assert (batch.state, batch.counts["customers"]["failed"]) == ("checked", 0)


def test_many_mended_cells_are_looked_up_block_by_block(admin, world, monkeypatch):
    rows = [customer_row(n, 地区="火星") for n in range(1, 41)]
    batch = started(workbook({"客户": [CUSTOMERS, *rows]}), admin)
    group = next(one for one in desk.groups(batch) if one.values)
    opened = []
    open_block = shapes.opened
    monkeypatch.setattr(shapes, "opened", lambda *block: opened.append(1) or open_block(*block))

    desk.fix_group(batch, group.key, {"火星": "上海市"}, press(admin))

    assert len(opened) <= 3
    batch.refresh_from_db()
    assert batch.counts["customers"]["failed"] == 0


def test_what_is_left_to_the_worker_waits_for_it(admin, world, settings):
    batch = started(complete(range(1, 5)), admin)
    settings.IMPORT_REQUEST_SECONDS = 0

    batch = desk.write(batch, "all", False, press(admin))
    assert (batch.state, batch.job.state) == ("writing", "queued")
    jobs.run_waiting()
    batch.refresh_from_db()
    batch = desk.undo(batch, press(admin))
    assert (batch.state, batch.job.state) == ("undoing", "queued")


def test_a_large_file_is_left_to_the_worker(admin, world, monkeypatch):
    monkeypatch.setattr(moves, "SMALL_BYTES", 100)

    assert started(complete([1]), admin).state == "uploaded"


def test_a_check_that_lasts_too_long_is_handed_to_the_worker(admin, world, settings, monkeypatch):
    begun = []
    parse = Parser.parse

    def slow(*args):
        begun.append(args)
        time.sleep(1.0)
        return parse(*args)

    monkeypatch.setattr(Parser, "parse", slow)
    settings.IMPORT_REQUEST_SECONDS = 0.9

    batch = started(complete([1, 2]), admin)

    assert (batch.state, batch.job.state, batch.job.attempts) == ("uploaded", "queued", 0)
    assert len(begun) <= 1  # of three sheets
    monkeypatch.setattr(Parser, "parse", parse)
    assert jobs.run_waiting() == 1
    batch.refresh_from_db()
    assert (batch.state, batch.counts["customers"]["created"]) == ("checked", 2)


def test_a_write_that_lasts_too_long_goes_on_in_the_worker_at_the_next_chunk(
    admin, world, settings, monkeypatch
):
    batch = started(complete(range(1, 7)), admin)
    batch.counts["seconds"] = 0.0
    batch.save()
    write = Chunk.write

    def slow(self, part):
        time.sleep(3.0)
        return write(self, part)

    monkeypatch.setattr(Chunk, "write", slow)
    settings.IMPORT_CHUNK, settings.IMPORT_REQUEST_SECONDS = 2, 2.5

    batch = desk.write(batch, "all", False, press(admin))

    assert (batch.state, batch.job.state, batch.job.done) == ("writing", "queued", 2)
    assert Customer.objects.exclude(pending_batch=batch.pk).count() == 0
    monkeypatch.setattr(Chunk, "write", write)
    jobs.run_waiting()
    batch.refresh_from_db()
    assert (batch.state, desk.result(batch, admin).customers.created) == ("done", 6)
    assert Customer.objects.filter(pending_batch=None).count() == 6
