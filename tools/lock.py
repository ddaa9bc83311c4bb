"""Write requirements.lock and requirements-test.lock: the versions installed here, by what asks for them."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent


def requirements(file: str) -> list[Requirement]:
    """Return what a requirements file asks for by name."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]


def closure(asked: list[Requirement]) -> dict[str, str]:
    """Return {name: version} of everything `asked` brings along, as installed here."""
    found: dict[str, str] = {}
    queue = [(one.name, extra) for one in asked for extra in ("", *one.extras)]
    seen = set()
    while queue:
        name, extra = queue.pop()
        if (canonicalize_name(name), extra) in seen:
            continue
        seen.add((canonicalize_name(name), extra))
        try:
            package = distribution(name)
        except PackageNotFoundError:
            raise SystemExit(
                f"expected: {name} installed; found: none; to do: make setup, then pip install it"
            ) from None
        found[canonicalize_name(name)] = package.version
        for line in package.requires or ():
            needed = Requirement(line)
            if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                queue += [(needed.name, one) for one in ("", *needed.extras)]
    return found


def write(file: str, pins: dict[str, str], title: str) -> None:
    """Write one pin a line, by name, with what it is for where a requirements file says so."""
    asked = requirements("requirements.txt")
    marks = {canonicalize_name(one.name): f";{one.marker}" for one in asked if one.marker}
    lines = [f"# {title} Written by `make lock`.", *(f"{n}=={pins[n]}{marks.get(n, '')}" for n in sorted(pins))]
    (ROOT / file).write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Lock the run time, then what the tests need beyond it."""
    run_time = closure(requirements("requirements.txt"))
    test = closure(requirements("requirements-test.txt"))
    write("requirements.lock", run_time, "The exact run-time set that was tested.")
    beyond = {name: version for name, version in test.items() if name not in run_time}
    write("requirements-test.lock", beyond, "What the tests need beyond requirements.lock.")
    print(f"{len(run_time)} run-time packages, {len(beyond)} more for tests")


if __name__ == "__main__":
    main()
