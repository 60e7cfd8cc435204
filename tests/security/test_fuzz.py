"""Whatever is typed, pasted or forged: an answer in words, never a crash.

CI sends a seeded twentieth of 15,000 (KEHU_SEED repeats it), half of it on each of the two
databases, in parts; `pytest -m long` sends all on either.
"""

import time
from collections import Counter
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import pytest
from django.db import connection, transaction

from tests.security.walk import PEOPLE, cases, client_of, sampled

LEAST = 15_000
TWENTIETH = LEAST // 20
PARTS = 3


def send(town, cases):
    """Send the requests, each on the same untouched data; give the answers that are crashes."""
    clients = {who: client_of(town, who) for who in PEOPLE}
    cookies = {who: client.cookies.output() for who, client in clients.items()}
    crashes, statuses = [], Counter()
    for case in cases:
        client = clients[case.who]
        client.cookies = SimpleCookie(cookies[case.who].replace("Set-Cookie: ", ""))
        before = transaction.savepoint()
        answer = _answer(client, case)
        if answer.status_code < 400 and case.method == "POST":
            connection.check_constraints()
        transaction.savepoint_rollback(before)
        transaction.savepoint_commit(before)  # which was taken back, but is still open
        statuses[answer.status_code] += 1
        if answer.status_code >= 500:
            crashes.append(
                f"{answer.status_code} {case.who} {case.method} {case.path}"
                f" {case.about[:80]}: {_reason(answer)}"
            )
    return crashes, statuses


def _answer(client, case):
    """Send as a browser does, and what no browser sends: a surrogate becomes its three bytes."""
    body = urlencode(case.fields, doseq=True, errors="surrogatepass")
    if case.method == "GET":
        return client.get(f"{case.path}?{body}")
    return client.post(case.path, body, content_type="application/x-www-form-urlencoded")


def _reason(answer):
    kind, error, _traceback = getattr(answer, "exc_info", None) or (None, "", None)
    return f"{getattr(kind, '__name__', '')} {error}"[:200]


@pytest.fixture(scope="module")
def chosen(standing_town, for_all, seed):
    """The share of this database."""
    with for_all():
        everything = cases(standing_town)
    halves = ("sqlite", "postgresql")
    return sampled(everything, seed, TWENTIETH)[halves.index(connection.vendor) :: len(halves)]


@pytest.mark.parametrize("part", range(PARTS))
def test_a_seeded_twentieth_of_all_nasty_requests_crashes_nothing(town, chosen, seed, part):
    crashes, statuses = send(town, chosen[part::PARTS])

    print(f"seed {seed}: {sum(statuses.values())} requests, {dict(sorted(statuses.items()))}")
    assert statuses[302] < 2 * statuses[422]  # else the people were signed out, or nothing was read
    assert crashes == [], f"seed {seed}\n" + "\n".join(crashes[:40])


@pytest.mark.long
def test_all_nasty_requests_crash_nothing(town, seed):
    everything = cases(town)
    begun = time.monotonic()

    crashes, statuses = send(town, everything)

    took = time.monotonic() - begun
    print(f"{len(everything)} requests in {took:.0f} s, {dict(sorted(statuses.items()))}")
    assert crashes == [], "\n".join(crashes[:200])
    assert len(everything) >= LEAST
