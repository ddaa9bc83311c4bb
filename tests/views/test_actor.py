"""Who acts in which workspace: what the gate vouches for there, whatever page the request came from."""

from __future__ import annotations

import pytest

from data.writer import write
from views import scene


@pytest.fixture
def two_places(tmp_path, monkeypatch):
    monkeypatch.setenv("WANGGE_HOME", str(tmp_path))
    people = [
        {"account_id": "administrator", "name": "A", "role": "administrator", "area_id": None},
        {"account_id": "visitor", "name": "V", "role": "viewer", "area_id": None},
    ]
    for name in ("here", "there"):
        write(name, "create_workspace", {"title": name, "accounts": people}, actor="administrator")


@pytest.mark.usefixtures("two_places")
def test_one_is_oneself_in_the_other_workspace_too(monkeypatch):
    monkeypatch.setattr(scene, "_headers", lambda: {"X-Wangge-Accounts": "here=administrator&there=visitor"})
    assert scene.actor_in("here") == "administrator"
    assert scene.actor_in("there") == "visitor"


@pytest.mark.usefixtures("two_places")
def test_a_workspace_yet_to_be_made_has_its_first_administrator():
    assert scene.actor_in("new") == "administrator"
