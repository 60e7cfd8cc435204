"""What became of customers: any page of it without unpacking the rest, codes in runs."""

import pytest

from customers.imports.kept import outcomes
from customers.imports.kept.outcomes import Done, Runs
from tests.customers.imports.filled import complete, started


@pytest.mark.django_db
def test_any_part_is_what_the_whole_has_there(admin, world, django_assert_num_queries):
    batch = started(complete([1]), admin)
    sizes = (3, 1, 5)
    for at, size in enumerate(sizes):
        first = sum(sizes[:at])
        outcomes.keep(batch, "write", first, [Done(first + n, 0, n, "c") for n in range(size)])
    outcomes.keep(batch, "undo", 0, [Done(0, 0, 0, "r")])

    everything = list(outcomes.of(batch, "write"))

    assert outcomes.number(batch, "write") == len(everything) == 9
    for start in range(11):
        for count in (1, 2, 9, 20):
            found = outcomes.some(batch, "write", range(start, start + count))
            assert found == everything[start : start + count]
    with django_assert_num_queries(2):
        outcomes.some(batch, "write", range(2))


def test_codes_are_told_in_runs_by_what_stands_before_their_numbers():
    runs = Runs()
    for code in ("BJ-9", "BJ-10", "BJ-8", "SH-001", "OTHER", "BJ-11"):
        runs.add(code)

    assert runs.told() == [("BJ-8", "BJ-11", 4), ("OTHER", "OTHER", 1), ("SH-001", "SH-001", 1)]


def test_only_the_first_runs_are_told():
    runs = Runs()
    for number in range(60):
        runs.add(f"{chr(65 + number // 26)}{chr(65 + number % 26)}-1")

    assert len(runs.told()) == outcomes.MOST_RUNS
