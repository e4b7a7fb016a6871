"""What a visitor typed, sealed for the worker.

Whether an address has an account is found out by the worker, never while the visitor waits: the
page does the same work for every address, and so takes as long and says the same. A job holds ids
only, so what was typed is encrypted in it.
"""

import base64
import json
from typing import Any

from cop.platform.keys import key_ring

_CONTEXT = "members.sealed"


def seal(values: dict[str, Any]) -> dict[str, str]:
    """A job's payload that only this application can read."""
    box = key_ring().encrypt(json.dumps(values).encode(), _CONTEXT)
    return {"sealed": base64.b64encode(box).decode()}


def unseal(payload: dict[str, Any]) -> dict[str, Any]:
    """
    Raises:
        CannotDecrypt: the payload was not made by `seal` under a key of the ring.
    """
    values: dict[str, Any] = json.loads(
        key_ring().decrypt(base64.b64decode(payload["sealed"]), _CONTEXT)
    )
    return values
