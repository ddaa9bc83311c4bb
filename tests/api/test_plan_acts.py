"""Acts of the planner's tools over HTTP: done at once for the person whose session it is, and for nobody else."""

import pytest

from api.plan_acts import MOST_BYTES
from data.planning.editor.held import HELD
from data.planning.editor.session import EditSession
from data.planning.editor.shown import change_of_hands
from data.planning.editor.unsaved import WorkPlace, drop_unsaved, find_unsaved
from tests.planning.test_editor_session import bench

PLACE = WorkPlace("ground", "admin", "A")


@pytest.fixture
def session(ground_home):  # noqa: ARG001
    held = EditSession(bench(count=20))
    held.place = PLACE
    HELD.get(PLACE.path, lambda: held)
    yield held
    HELD.drop(PLACE.path)
    drop_unsaved(PLACE)


def give(session):
    """The act of giving the first unit to another grid of its village."""
    units = session.draft.ground.units
    zone = next(z for z in session.draft.zones if z != session.draft.zone[0]
                and session.draft.numbers[z].parent == units.parent[0])  # fmt: skip
    return {"acts": [{"seq": 3, "verb": "give", "units": [str(units.ids[0])], "zone": zone}]}


def test_an_act_is_answered_with_its_numbers_and_kept(client, session):
    act = give(session)
    answer = client("admin").post(f"/api/plan/{session.name}/acts?ws=ground", json=act)
    assert answer.status_code == 200
    told = answer.json()
    assert told["numbers"].items() >= change_of_hands(session).items()
    assert told["numbers"]["households"] == int(session.draft.ground.units.size[0])
    assert told["plan"]["zone"] == session.draft.zone.tolist()
    assert find_unsaved(PLACE) is not None, "what was answered outlives the service"
    assert client("admin").post(f"/api/plan/{session.name}/acts?ws=ground", json=act).json() == told
    client("admin").post(f"/api/plan/{session.name}/acts?ws=ground", json={"acts": [{"seq": 4, "verb": "undo"}]})
    assert find_unsaved(PLACE) is None


def test_a_refused_act_changes_nothing_and_the_answer_says_where_the_plan_stands(client, session):
    before, act = session.draft, {"acts": [{"seq": 1, "verb": "give", "units": ["nobody"], "zone": 0}]}
    told = client("admin").post(f"/api/plan/{session.name}/acts?ws=ground", json=act).json()
    assert told["plan"]["zone"] == before.zone.tolist()
    assert told["plan"]["seen"] == 1
    assert session.refusal is not None


@pytest.mark.parametrize(
    ("account", "workspace", "name", "headers", "body", "status"),
    [
        ("duty_a", "ground", None, {}, None, 404),
        ("admin", "hostile", None, {}, None, 404),
        ("admin", "ground", "0" * 32, {}, None, 404),
        ("admin", "ground", None, {"sec-fetch-site": "cross-site"}, None, 403),
        ("admin", "ground", None, {}, b"acts", 400),
        ("admin", "ground", None, {}, b'{"acts": [{"seq": 1, "verb": "give", "units": 5}]}', 400),
        ("admin", "ground", None, {}, b" " * (MOST_BYTES + 1), 400),
    ],
)
def test_what_is_not_this_persons_act_does_nothing(client, session, account, workspace, name, headers, body, status):
    before = session.draft
    address = f"/api/plan/{name or session.name}/acts?ws={workspace}"
    sent = {"content": body} if body is not None else {"json": give(session)}
    answer = client(account).post(address, headers=headers, **sent)
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "message", "expected", "found", "to_do"}
    assert (session.draft, session.seen) == (before, 0)
    assert client("admin").get(address).status_code in (404, 405)
