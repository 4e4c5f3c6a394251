"""IB's own Python client (nautilus-ibapi 10.30.1) trades a day against the gateway."""

import sys

from environment import python
from gateway_kit import day_in_two_sessions

day_in_two_sessions(python(sys.argv[2], "nautilus-ibapi"), "ibapi_day.py")
