"""Homes with data, a running service and a watched browser, made once and shared by every suite."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import hypothesis
import pytest

from tests.browser import CHROMIUM_OPTIONS, WatchedPage, chromium_path

ROOT = Path(__file__).resolve().parents[1]
REAL = Path(os.environ.get("WANGGE_REAL") or ROOT.parent / "shared" / "real")
WANGGE = Path(sys.executable).with_name("wangge")
PICTURES = bool(os.environ.get("WANGGE_SCREENSHOTS"))
DEMO_SCALE, DEMO_DAYS, DEMO_UNTIL = (1.0, 30, date(2026, 11, 22)) if PICTURES else (0.05, 14, date(2026, 11, 22))


def under_ci() -> bool:
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
hypothesis.settings.register_profile("local", deadline=None)
hypothesis.settings.load_profile("ci" if under_ci() else "local")


@contextmanager
def environment(**values: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.__setitem__(name, value)


class Proof:
    """What the full-size tests measured, each line with its date and commit; kept in docs/proof.md as they come."""

    def __init__(self, path: Path, commit: str, *, is_part: bool) -> None:
        self.path, self.commit = path, commit
        self.rows: dict[str, str] = proven_lines(path) if is_part else {}

    def note(self, line: str, limit: str, figure: str) -> None:
        """Keep one line: what must hold, its limit in words, what was measured."""
        print(f"{line}: {figure} (must be: {limit})")
        self.rows[line] = f"| {line} | {limit} | {figure} | {datetime.now(UTC):%Y-%m-%d} | {self.commit} |"
        if os.environ.get("WANGGE_PROVE"):
            self.path.write_text(self.page(), encoding="utf-8")

    def page(self) -> str:
        """Return the page: head, cores, one row a line."""
        head = (ROOT / "tests" / "prove" / "head.md").read_text(encoding="utf-8")
        facts = f"Measured with {os.cpu_count()} cores.\n"
        table = ["| what | must be | measured | date | commit |", "|---|---|---|---|---|", *self.rows.values()]
        return "\n".join([head.rstrip(), "", facts, *table]) + "\n"


def proven_lines(path: Path) -> dict[str, str]:
    """Return the rows of a page of proof by what they say."""
    rows = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][1:]
    return {row.split(" | ")[0].removeprefix("| "): row for row in rows}


@pytest.fixture(scope="session")
def proof() -> Proof:
    """Where a full-size test notes its figure."""
    asked = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return Proof(ROOT / "docs" / "proof.md", asked.stdout.strip(), is_part=os.environ.get("WANGGE_PROVE") == "part")


@pytest.fixture(scope="session", autouse=True)
def wangge_home(tmp_path_factory) -> Iterator[Path]:
    """The folder of every workspace of this run, so that no test sees or touches `var`."""
    home = tmp_path_factory.mktemp("home")
    with environment(WANGGE_HOME=str(home)):
        yield home


@pytest.fixture(scope="session")
def real() -> Path:
    """The folder of real input; tests that need it are skipped where it is missing."""
    if not REAL.is_dir():
        pytest.skip(f"real input is missing: {REAL.name} beside the project, or WANGGE_REAL")
    return REAL


def run_wangge(
    *words: str | Path, home: Path, cwd: Path | None = None, **extra: str
) -> subprocess.CompletedProcess[str]:
    """Run the command as a person would, in a process of its own."""
    return subprocess.run(
        [str(WANGGE), *map(str, words)],
        env=os.environ | {"WANGGE_HOME": str(home)} | extra,
        cwd=cwd or home,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=600,
        check=False,
    )


@pytest.fixture(scope="session")
def demo_home(wangge_home) -> Path:
    """The home with a small demonstration county in the workspace `main`."""
    from data.demo import build_demo

    with environment(WANGGE_HOME=str(wangge_home)):
        build_demo("main", scale=DEMO_SCALE, days=DEMO_DAYS, until=DEMO_UNTIL)
    return wangge_home


@pytest.fixture(scope="session")
def chicago_home(wangge_home, real) -> Path:
    """The home with Chicago's districts, sectors and beats in the workspace `chicago`, by the command line."""
    beats, districts = real / "chicago" / "beats.geojson", real / "chicago" / "districts.geojson"
    common = ("--as", "areas", "--workspace", "chicago")
    steps = (
        ("import", districts, *common, "--level", "district", "--id", "dist_num", "--name", "dist_label"),
        ("import", beats, *common, "--level", "sector", "--id", "district+sector", "--parent", "district"),
        ("import", beats, *common, "--level", "beat", "--id", "beat_num", "--parent", "district+sector"),
    )
    for words in steps:
        done = run_wangge(*words, home=wangge_home)
        assert done.returncode == 0, done.stderr
    return wangge_home


@pytest.fixture(scope="session")
def chromium() -> Path:
    """Debian's Chromium; without it browser tests are skipped, and fail where CI is set."""
    path = chromium_path()
    if path is None:
        if under_ci():
            pytest.fail("chromium is missing: apt-get install chromium fonts-noto-cjk")
        pytest.skip("chromium is missing: apt-get install chromium fonts-noto-cjk")
    return path


class Service:
    """A running `wangge serve`: its address, its folder and what it wrote."""

    def __init__(self, home: Path, log: Path) -> None:
        self.home, self.log = home, log
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        with log.open("wb") as sink:
            self.process = subprocess.Popen(
                [str(WANGGE), "serve", "--port", str(self.port)],
                env=os.environ | {"WANGGE_HOME": str(home)},
                cwd=home,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait(self, tries: int = 600) -> None:
        """Wait until it answers; fail with its log if it ends or never does."""
        for _ in range(tries):
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
        pytest.fail(f"the service did not start:\n{self.text()[-4000:]}")

    def text(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def get(self, path: str) -> tuple[int, bytes]:
        """Return status and body of one request."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=60) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def get_json(self, path: str) -> object:
        status, body = self.get(path)
        assert status == 200, (path, status, body[:500])
        return json.loads(body)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@pytest.fixture(scope="session")
def service(demo_home, tmp_path_factory) -> Iterator[Service]:
    """A real service over the home with the demonstration county."""
    running = Service(demo_home, tmp_path_factory.mktemp("service") / "service.log")
    running.wait()
    yield running
    running.stop()
    assert "Traceback" not in running.text(), running.text()[-4000:]


@pytest.fixture(scope="session")
def browser(chromium, tmp_path_factory) -> Iterator[object]:
    """One headless Chromium for the whole run."""
    from playwright.sync_api import sync_playwright

    profile = tmp_path_factory.mktemp("chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=str(chromium), args=CHROMIUM_OPTIONS, env=os.environ | {"HOME": str(profile)}
        )
        yield running
        running.close()
    shutil.rmtree(profile, ignore_errors=True)


@pytest.fixture
def browser_page(browser, service) -> Iterator[WatchedPage]:
    """A fresh page on the service that notes errors and requests; none may be left at the end."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN", accept_downloads=True)
    context.set_default_timeout(120_000)
    page = WatchedPage(context.new_page(), service.url)
    yield page
    problems = page.problems()
    context.close()
    assert not problems, "\n".join(problems)
