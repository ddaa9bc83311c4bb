"""Acts told by a map: none is done of a message that is not as a map sends it; the answer equals a recount."""

import orjson
import pytest

from data.planning.editor.held import HELD, find_session
from data.planning.editor.session import EditSession
from data.planning.editor.shown import change_of_hands
from data.planning.editor.told import MOST_ACTS, answer_acts, read_acts
from data.planning.editor.unsaved import WorkPlace
from geo.errors import FormatError
from geo.planning.editing.draft import open_draft
from tests.planning.test_editor_session import bench

PICK = {"seq": 1, "verb": "pick", "zone": 0}


@pytest.mark.parametrize(
    "told",
    [
        b"", b"[]", b"{", b'{"acts": []}', b'{"acts": [1]}', b'{"acts": [{"verb": "undo"}]}',
        orjson.dumps({"acts": [PICK] * (MOST_ACTS + 1)}),
        *(
            orjson.dumps({"acts": [PICK, PICK | odd]})
            for odd in (
                {"seq": "1"}, {"seq": -9}, {"seq": 2**60}, {"seq": True}, {"verb": 3}, {"zone": "x"}, {"zone": 1.5},
                {"units": "u1"}, {"units": [1]}, {"zones": [None]}, {"cuts": 1}, {"line": [[120.0]]},
                {"line": [[120.0, None]]}, {"line": [["x", "y"]]}, {"line": [[0, 0]] * 6000},
            )
        ),
    ],
)  # fmt: skip
def test_what_no_map_sends_is_refused(told):
    with pytest.raises(FormatError):
        read_acts(told)


def test_the_answer_is_counted_after_the_last_act():
    session = EditSession(bench())
    units = session.draft.ground.units
    zone = next(z for z in session.draft.zones if z != session.draft.zone[0]
                and session.draft.numbers[z].parent == units.parent[0])  # fmt: skip
    acts = read_acts(orjson.dumps({"acts": [
        {"seq": 5, "verb": "pick", "zone": zone},
        {"seq": 6, "verb": "give", "units": [str(units.ids[0])], "zone": zone},
    ]}))  # fmt: skip
    told = answer_acts(session, acts)
    recount = open_draft(session.bench.ground, session.draft.zone)
    assert told["numbers"].items() >= change_of_hands(session, recount).items()
    assert (told["plan"]["seen"], told["plan"]["picked"]) == (6, zone)
    assert {int(z): one[2] for z, one in told["plan"]["zones"].items()} == {
        z: one.size for z, one in recount.numbers.items()
    }
    assert (told["plan"]["of"], told["plan"]["turn"]) == (told["numbers"]["of"], told["numbers"]["turn"])
    again = answer_acts(session, acts)
    assert again == told, "sent again, an act is not done again"
    assert answer_acts(session, [{"seq": 7, "verb": "undo"}])["plan"]["turn"] > told["plan"]["turn"]


def test_a_session_is_found_by_its_own_person_only():
    session = EditSession(bench(count=20))
    assert find_session(session.name, workspace="main", account_id="p") is None
    session.place = WorkPlace("main", "p", "V")
    HELD.get("test", lambda: session)
    try:
        assert find_session(session.name, workspace="main", account_id="p") is session
        assert find_session(session.name, workspace="main", account_id="q") is None
        assert find_session(session.name, workspace="other", account_id="p") is None
    finally:
        HELD.drop("test")
