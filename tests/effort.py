"""What a piece of work cost the processor, and what it asked the database."""

import re
import resource

from django.db import connection


def spent() -> float:
    """Give the seconds of processor time of this process and of its children that ended.

    A bound of them holds on a machine with other work too.
    """
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def statement(sent: str) -> str:
    """Give what was asked where PostgreSQL was sent the name of a plan that it knows already."""
    plans = {name: sql for (sql, _values), name in getattr(connection, "plans", {}).items()}
    return plans.get(re.sub(r"^EXECUTE (\w+).*", r"\1", sent, flags=re.DOTALL), sent)
