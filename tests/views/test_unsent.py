"""A run of a page that came to its end reaches the browser whole, however soon a part of it runs again."""

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

from views import unsent

PART = "the part of the map"


@pytest.fixture(autouse=True)
def _mended(monkeypatch):
    """Every test ends with the queue as it was."""
    monkeypatch.setattr(ForwardMsgQueue, "clear", ForwardMsgQueue.clear)


def element(text: str, at: int, part: str | None = None) -> ForwardMsg:
    message = ForwardMsg()
    message.metadata.delta_path[:] = [0, at]
    message.delta.new_element.markdown.body = text
    if part:
        message.delta.fragment_id = part
    return message


def ended(status: int) -> ForwardMsg:
    message = ForwardMsg()
    message.script_finished = status
    return message


def unsent_run(status: int = ForwardMsg.FINISHED_SUCCESSFULLY) -> ForwardMsgQueue:
    """A page of a heading and a map, still to be sent."""
    queue = ForwardMsgQueue()
    for one in (element("heading", 0), element("map", 1, PART), ended(status)):
        queue.enqueue(one)
    return queue


def told(queue: ForwardMsgQueue) -> list[str]:
    messages = queue.flush()
    return [x.delta.new_element.markdown.body if x.HasField("delta") else str(x.script_finished) for x in messages]


FULL, EARLY = str(ForwardMsg.FINISHED_SUCCESSFULLY), str(ForwardMsg.FINISHED_EARLY_FOR_RERUN)


def test_streamlit_alone_loses_the_map_of_a_page_said_to_be_complete():
    """When this fails, Streamlit has mended it: `views/unsent.py` can go."""
    queue = unsent_run()
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=[PART])
    assert told(queue) == ["heading", FULL]


def test_a_complete_page_keeps_its_map():
    unsent.keep_finished_runs()
    queue = unsent_run()
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=[PART])
    queue.enqueue(element("map again", 1, PART))
    assert told(queue) == ["heading", "map", FULL, "map again"]


def test_what_was_not_completed_is_dropped_as_before():
    unsent.keep_finished_runs()
    cut_short = unsent_run(ForwardMsg.FINISHED_EARLY_FOR_RERUN)
    cut_short.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=[PART])
    assert told(cut_short) == ["heading", EARLY]
    whole_page_again = unsent_run()
    whole_page_again.clear(retain_lifecycle_msgs=True)
    assert told(whole_page_again) == [EARLY]
    emptied = unsent_run()
    emptied.clear()
    assert told(emptied) == []


def test_mending_twice_is_mending_once():
    unsent.keep_finished_runs()
    once = ForwardMsgQueue.clear
    unsent.keep_finished_runs()
    assert ForwardMsgQueue.clear is once
