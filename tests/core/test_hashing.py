"""Passwords are Argon2's, and only one is worked on at a time."""

import threading
import time

from django.contrib.auth.hashers import Argon2PasswordHasher

from core.passwords import TakingTurns


def test_hashes_are_those_of_argon2_both_ways():
    mine, django = TakingTurns(), Argon2PasswordHasher()

    assert mine.verify("secret", django.encode("secret", mine.salt()))
    assert django.verify("secret", mine.encode("secret", mine.salt()))
    assert not mine.verify("other", django.encode("secret", mine.salt()))


def test_one_is_worked_on_at_a_time(monkeypatch):
    at_work, most = [0], [0]

    def slow(self, password, encoded):
        at_work[0] += 1
        most[0] = max(most[0], at_work[0])
        time.sleep(0.02)
        at_work[0] -= 1
        return True

    monkeypatch.setattr(Argon2PasswordHasher, "verify", slow)
    threads = [threading.Thread(target=TakingTurns().verify, args=("a", "b")) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most == [1]
