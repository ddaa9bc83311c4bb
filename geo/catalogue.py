"""Find the SPEC that each module of a package declares, so that one new file is one new entry."""

import importlib
import pkgutil
from types import ModuleType
from typing import Any


def discover(package: ModuleType) -> dict[str, Any]:
    """Return {module name: SPEC} for each public module of `package`, in name order."""
    found = pkgutil.iter_modules(package.__path__)
    names = sorted(m.name for m in found if not m.name.startswith("_") and not m.ispkg)
    return {name: importlib.import_module(f"{package.__name__}.{name}").SPEC for name in names}
