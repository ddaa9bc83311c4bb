"""The gate: cookies, hosts, headers and policies."""

from __future__ import annotations

import re
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.auth import safe_next
from api.csp import page_policy
from api.gate import COOKIE, is_known_host, read_secret, sign_accounts, verify_accounts

KEY = b"k" * 32


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=20), max_size=4))
def test_a_signed_cookie_comes_back_whole(accounts):
    assert verify_accounts(sign_accounts(accounts, KEY), KEY) == accounts


@given(st.integers(0, 400), st.characters())
def test_a_changed_cookie_names_nobody(place, sign):
    cookie = sign_accounts({"main": "duty"}, KEY)
    place %= len(cookie)
    changed = cookie[:place] + sign + cookie[place + 1 :]
    assert verify_accounts(changed, KEY) == ({"main": "duty"} if changed == cookie else {})


@pytest.mark.parametrize("cookie", ["", ".", "a.b", "é.é", "e30", None, sign_accounts({"main": "x"}, b"o" * 32)])
def test_a_foreign_cookie_names_nobody(cookie):
    assert verify_accounts(cookie, KEY) == {}


def test_the_key_is_the_owners_alone(tmp_path):
    key = read_secret(tmp_path)
    assert len(key) == 32
    assert read_secret(tmp_path) == key
    assert stat.S_IMODE((tmp_path / "cookie.key").stat().st_mode) == 0o600


def test_a_broken_key_is_made_anew(tmp_path):
    (tmp_path / "cookie.key").write_bytes(b"short")
    key = read_secret(tmp_path)
    assert len(key) == 32
    assert read_secret(tmp_path) == key


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8501", "127.0.0.1.evil.example", "", "localhost.evil"])
def test_foreign_hosts_are_refused(client, host):
    assert not is_known_host(host)
    answer = client("").get("/api/search?ws=ground&q=a", headers={"host": host})
    assert answer.status_code == 421
    assert "WANGGE_HOSTS" in answer.json()["message"]


@pytest.mark.parametrize("host", ["127.0.0.1:8501", "localhost", "LOCALHOST:1", "[::1]:8501", "10.1.2.3"])
def test_own_hosts_pass(host):
    assert is_known_host(host)


def test_the_cookie_is_httponly_lax_and_names_the_account(client):
    answer = client("").get("/auth/as/duty_a?ws=ground&next=/map?ws=ground")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/map?ws=ground"
    line = answer.headers["set-cookie"]
    assert "HttpOnly" in line
    assert "SameSite=lax" in line
    value = re.search(rf"{COOKIE}=([^;]+)", line)[1]
    assert verify_accounts(value, read_secret()) == {"ground": "duty_a"}


def test_a_clients_own_header_is_worth_nothing(client):
    path = "/api/features/areas?ws=ground&level=town"
    browser = client("duty_a")
    claimed = browser.get(path, headers={"X-Wangge-Accounts": "ground=admin"})
    assert claimed.json()["ids"] == ["A"]


def test_without_a_cookie_one_is_the_first_of_the_whole_place(client):
    assert client("").get("/api/features/areas?ws=ground&level=town").json()["ids"] == ["A", "B"]


def test_an_account_that_is_no_more_is_the_default_again(client):
    browser = client("")
    browser.cookies.set(COOKIE, sign_accounts({"ground": "gone"}, read_secret()))
    assert browser.get("/api/features/areas?ws=ground&level=town").status_code == 200


@pytest.mark.parametrize(
    ("site", "status"), [("cross-site", 403), ("same-site", 403), ("same-origin", 303), ("none", 303)]
)
def test_no_other_site_switches_the_person(client, site, status):
    answer = client("").get("/auth/as/duty_a?ws=ground", headers={"Sec-Fetch-Site": site})
    assert answer.status_code == status
    assert ("set-cookie" in answer.headers) == (status == 303)


def test_unknown_people_are_refused(client):
    answer = client("").get("/auth/as/nobody?ws=ground")
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@given(st.text(max_size=30))
def test_next_never_leaves_this_service(text):
    place = safe_next(text)
    assert place.startswith("/")
    assert not place.startswith(("//", "/\\"))
    assert "\n" not in place


def test_every_answer_carries_the_headers(client):
    for path in ("/map/view?ws=ground", "/api/search?ws=ground&q=a", "/assets/wangge/wangge.css", "/api/nosuch"):
        headers = client("admin").get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "frame-ancestors 'self'" in headers["content-security-policy"]


def test_policies_allow_no_inline_and_no_eval(client):
    for policy in (page_policy(), client("admin").get("/map/view?ws=ground").headers["content-security-policy"]):
        scripts = re.search(r"script-src ([^;]*)", policy)[1]
        assert "unsafe" not in scripts
        assert "http" not in policy
        assert "*" not in policy


def test_a_document_has_its_own_nonce_in_its_two_scripts_only(client):
    first, second = (client("admin").get("/map/view?ws=ground") for _ in range(2))
    nonces = [
        re.search(r"script-src 'self' 'nonce-([^']+)'", one.headers["content-security-policy"])[1]
        for one in (first, second)
    ]
    assert nonces[0] != nonces[1]
    assert first.text.count(f'<script nonce="{nonces[0]}"') == 2, "what is asked early, and what starts the map"
    inline = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", first.text)
    assert inline == [f'<script nonce="{nonces[0]}">'] * 2
