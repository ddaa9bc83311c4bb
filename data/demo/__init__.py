"""The synthetic demonstration county: a real outline with invented areas, people and events."""

from typing import Any

__all__ = ["build_demo"]


def __getattr__(name: str) -> Any:
    """Load the builder only when somebody asks for it."""
    if name == "build_demo":
        from data.demo.build import build_demo

        return build_demo
    raise AttributeError(name)
