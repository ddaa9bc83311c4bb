"""The microscopic runs of one area in a process of their own: a page stays alive, and cancelling ends it at once."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np

from data.events.figures import SEED
from data.events.reading import event_from_document
from data.events.writing import event_document
from data.worker import error_from, error_to
from geo.crowd.egress.levels import fruin_level
from geo.crowd.egress.microscopic import RUNS, AreaRuns, area_runs
from geo.crowd.event import Event
from geo.errors import GridError, SchemaError, say

ROOT = Path(__file__).resolve().parents[2]
NICE = 10


class MicroJob:
    """
    The runs of one area of a plan; `report` stands when they are done, `refusal` where they cannot be.

    A page looks at `share` until `is_running` is False. Cancelled, it has neither, and its process is gone.
    """

    def __init__(self, event: Event, area_id: str, *, runs: int = RUNS) -> None:
        self.event, self.area_id, self.runs = event, area_id, runs
        self.share = 0.0
        self.report: dict[str, Any] | None = None
        self.refusal: GridError | None = None
        self.is_cancelled = False
        self._process: subprocess.Popen[str] | None = None
        self._thread = threading.Thread(target=self._follow, name="microscopic", daemon=True)

    @property
    def is_running(self) -> bool:
        """Whether it is still at work for somebody."""
        return self._thread.is_alive() and not self.is_cancelled

    def start(self) -> MicroJob:
        """Begin, and return at once."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "data.events.microscopic"],
            cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, encoding="utf-8",
        )  # fmt: skip
        self._thread.start()
        return self

    def cancel(self) -> None:
        """End it with nothing done; one that is done stays done."""
        if self.report is None and self.refusal is None:
            self.is_cancelled = True
            if self._process is not None:
                self._process.kill()

    def wait(self) -> MicroJob:
        """Return when it is done."""
        self._thread.join()
        return self

    def _follow(self) -> None:
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        asked = {"event": event_document(self.event), "area_id": self.area_id, "runs": self.runs}
        told: dict[str, Any] = {}
        try:
            process.stdin.write(json.dumps(asked, default=str) + "\n")
            process.stdin.flush()
            for line in process.stdout:
                told = json.loads(line)
                self.share = told.get("share", self.share)
        except (BrokenPipeError, json.JSONDecodeError):
            told = {}
        process.kill()
        process.wait()
        process.stdout.close()
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        if self.is_cancelled:
            return
        if "report" in told:
            self.report = told["report"]
        elif "refusal" in told:
            self.refusal = error_from(told["refusal"])
        else:
            self.refusal = SchemaError(
                say("a run that comes to its end"), say("a process that ended early"),
                say("go by the network; give the event file to the administrator: this is a fault of the service"),
            )  # fmt: skip


def micro_report(found: AreaRuns) -> dict[str, Any]:
    """
    Return what came out of the runs as plain values; seconds that never end are None.

    `clear_s` is lowest, middle and highest; doors and density are those of the middle run.
    """
    middle = found.runs[len(found.runs) // 2]
    seconds = [found.runs[0].clear_s, middle.clear_s, found.runs[-1].clear_s]
    doors = [
        {"exit_id": door.exit_id, "width_m": door.width_m, "people": int((middle.door == at).sum()),
         "flow_per_s": round(middle.flow_s(at), 2), "queue": int(middle.queue[at])}
        for at, door in enumerate(found.room.doors)
    ]  # fmt: skip
    minutes = [
        {"minute": round(float(at) / 60, 1), "per_m2": round(float(mean), 3), "level": str(level),
         "densest_per_m2": round(float(most), 2), "densest_level": str(worst)}
        for at, mean, level, most, worst in zip(middle.times_s, middle.density, fruin_level(middle.density),
                                                middle.densest, fruin_level(middle.densest), strict=True)
    ]  # fmt: skip
    return {
        "area_id": found.room.area_id, "people": found.people, "runs": len(found.runs),
        "ground_m2": round(found.room.floor.area), "doors": doors, "minutes": minutes,
        "clear_s": [one if np.isfinite(one) else None for one in seconds],
        "left": max(int(np.isinf(one.out_s).sum()) for one in found.runs),
    }  # fmt: skip


def _tell(told: dict[str, Any]) -> None:
    print(json.dumps(told), flush=True)


def main() -> None:
    """Run what the first line of standard input asks for; end when it closes."""
    asked = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.nice(NICE)
    try:
        event = event_from_document(asked["event"])
        found = area_runs(event, asked["area_id"], seed=SEED, runs=asked["runs"],
                          progress=lambda share: _tell({"share": share}))  # fmt: skip
        _tell({"report": micro_report(found)})
    except GridError as error:
        _tell({"refusal": error_to(error)})


def _end_with_parent() -> None:
    while sys.stdin.read(4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
