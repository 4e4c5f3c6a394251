"""ib_async 2.0.1 trades a day against the gateway."""

import sys

from environment import python
from gateway_kit import day_in_two_sessions

day_in_two_sessions(python(sys.argv[2], "ib_async"), "ib_async_day.py")
