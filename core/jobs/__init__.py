"""Work that outlives a request: enqueued in a transaction, resumable, cancellable, done once.

This is what the apps use; the modules below are its parts.
"""

from core.jobs.delivery import cancel, enqueue, prepare, resume, run_here, run_waiting
from core.jobs.progress import Progress, has_worker, progress
from core.jobs.run import Cancelled, Chunk, Failed, HandedOver, LeaseLost, Pace, Run

__all__ = [
    "Cancelled",
    "Failed",
    "HandedOver",
    "LeaseLost",
    "Pace",
    "Progress",
    "Run",
    "Chunk",
    "cancel",
    "enqueue",
    "has_worker",
    "prepare",
    "progress",
    "resume",
    "run_here",
    "run_waiting",
]
