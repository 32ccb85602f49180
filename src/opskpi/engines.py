"""Where blocks of rows are worked on: for now the cores of this machine.

Work is handed out as a function over blocks and comes back in order, so that a result
never depends on how it was split.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

#: More threads than this wait for one another's Python.
_MOST_THREADS = 4


@contextmanager
def threads() -> Iterator[ThreadPoolExecutor]:
    """Give a pool of threads; Arrow, NumPy and hashing run beside one another in it."""
    pool = ThreadPoolExecutor(min(_MOST_THREADS, os.cpu_count() or 1), "opskpi")
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
