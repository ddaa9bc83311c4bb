"""Messages to a browser that are still unsent when the next run of a page begins."""

from __future__ import annotations

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue


def keep_finished_runs() -> None:
    """
    Let a run of a page that came to its end reach the browser whole; Streamlit takes half of it back.

    When a part of a page (a fragment) runs again before the run of the whole page was sent, Streamlit drops the unsent
    elements of that part, yet still says that the page came to its end. The browser takes away whatever that run did
    not bring: the map is gone and made anew, with its view and a line half drawn. Here nothing is dropped in that case;
    the part's own elements follow. docs/decisions/113-unsent-messages.md has the evidence.
    """
    drop = ForwardMsgQueue.clear
    if getattr(drop, "keeps_finished_runs", False):
        return

    def clear(
        queue: ForwardMsgQueue, retain_lifecycle_msgs: bool = False, fragment_ids_this_run: list[str] | None = None
    ) -> None:
        if retain_lifecycle_msgs and fragment_ids_this_run is not None and _has_finished_run(queue):
            queue._delta_index_map = {}
        else:
            drop(queue, retain_lifecycle_msgs, fragment_ids_this_run)

    clear.keeps_finished_runs = True  # type: ignore[attr-defined]
    ForwardMsgQueue.clear = clear  # type: ignore[method-assign]


def _has_finished_run(queue: ForwardMsgQueue) -> bool:
    return any(
        one.WhichOneof("type") == "script_finished" and one.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
        for one in queue._queue
    )
