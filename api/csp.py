"""Content security policies: one for Streamlit's pages, one for map documents, one for a saved map."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from pathlib import Path

import streamlit

COMMON = "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"


def hash_of(text: str) -> str:
    """Return the CSP source that allows exactly this inline script or style."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def inline_script_hashes(html: str) -> list[str]:
    """
    Return the CSP hashes of the inline scripts of a page.

    Examples
    --------
    >>> inline_script_hashes("<script>1</script><script src='a.js'></script>")
    ["'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s='"]
    """
    return [hash_of(one) for one in re.findall(r"<script>(.*?)</script>", html, re.DOTALL)]


@lru_cache
def page_policy() -> str:
    """Return the policy of Streamlit's pages: its own files and its one inline script, known by its hash."""
    index = Path(streamlit.__file__).parent / "static" / "index.html"
    hashes = " ".join(inline_script_hashes(index.read_text(encoding="utf-8")))
    return (
        f"default-src 'self'; script-src 'self' blob: {hashes}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; media-src 'self' blob: data:; "
        f"worker-src 'self' blob:; frame-src 'self'; {COMMON}"
    )


def document_policy(nonce: str) -> str:
    """Return the policy of a map document: our own files, and the one script and style that carry the nonce."""
    return (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
        f"img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; {COMMON}"
    )


def saved_policy(scripts: list[str], styles: list[str]) -> str:
    """Return the policy inside a saved map: nothing is fetched, and only what these hashes name runs."""
    return (
        f"default-src 'none'; script-src {' '.join(scripts)}; style-src {' '.join(styles)}; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )
