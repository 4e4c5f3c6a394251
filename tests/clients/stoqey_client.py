"""@stoqey/ib 1.6.10 trades a day against the gateway."""

import sys

from environment import node_modules
from gateway_kit import day_in_two_sessions

modules = node_modules(sys.argv[2]) / "node_modules"
day_in_two_sessions("node", "stoqey_day.cjs", env={"NODE_PATH": str(modules)})
