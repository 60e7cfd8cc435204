"""What a piece of work cost the processor: a bound that holds on a machine with other work too."""

import resource


def spent() -> float:
    """Give the seconds of processor time of this process and of its children that ended."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)
