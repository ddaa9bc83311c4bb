"""How the functions of the index are compiled: once a machine, without the interpreter's lock, kept on disk."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numba


def compiled(function: Callable[..., Any]) -> Any:
    """
    Compile a function when first called and keep the machine code, where there is a place to keep it.

    numba keeps it beside the source, or, where that cannot be written, in the user's cache folder;
    NUMBA_CACHE_DIR names another. Where none can be written it compiles anew in each process.
    """
    try:
        made: Any = numba.njit(nogil=True, cache=True, error_model="numpy")(function)
    except RuntimeError:
        return numba.njit(nogil=True, error_model="numpy")(function)
    _stamp(made._cache._cache_file, function.__code__.co_filename)
    return made


_stamps: dict[str, dict[str, Any]] = {}


def _stamp(kept: Any, file: str) -> None:
    """Make kept code depend on all files of its folder compiled so far, so on those it calls, not on its own only."""
    stamps = _stamps.setdefault(file.rpartition("/")[0], {})
    stamps[file] = stamps.get(file, kept._source_stamp)
    kept._source_stamp = tuple(stamps.items())


def thread_count() -> int:
    """Return how many cores this process may use (NUMBA_NUM_THREADS limits it)."""
    return int(numba.get_num_threads())


def share_out(work: Callable[[int, int], None], count: int, *, least: int) -> None:
    """Call `work(low, high)` over 0 to `count` in slices, on all cores where there are at least two times `least`."""
    threads = min(thread_count(), count // least)
    if threads < 2:
        work(0, count)
        return
    pieces = min(8 * threads, count // least)
    cuts = [count * piece // pieces for piece in range(pieces + 1)]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, cuts[:-1], cuts[1:]))
