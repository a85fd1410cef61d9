"""The ward's desk: what its loudspeakers play today, and the buttons that steer them."""

from web.ward import choosing, desk, orders, picks  # noqa: F401 (their pages register themselves)
from web.ward.blueprint import ward

__all__ = ["ward"]
