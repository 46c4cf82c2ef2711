"""The one error of this package."""

from __future__ import annotations

from typing import Optional


class CoveyError(Exception):
    """What was refused, with a stable code, what was expected and what came."""

    def __init__(self, code: str, message: str, expected: Optional[str] = None, got: Optional[str] = None) -> None:
        self.code = code
        self.expected = expected
        self.got = got
        parts = [message]
        if expected is not None:
            parts.append(f"expected {expected}")
        if got is not None:
            parts.append(f"got {got}")
        super().__init__(f"{code}: {'; '.join(parts)}")
