"""The old ibapi 9.81.1 speaks at most version 157: it is turned away at once, and others go on."""

import sys
import tempfile

from e2e_kit import V6, finish
from environment import python
from gateway_kit import gateway, log_of, run_program

v6 = V6(*sys.argv[1:3])
with tempfile.TemporaryDirectory() as state:
    with gateway(v6, state) as port:
        problems = run_program(python(sys.argv[2], "ibapi"), "old_ibapi.py", port, "first")
    if "offered versions 100 to 157; 177 and 178 are spoken here" not in log_of(state):
        problems.append(f"the log does not say why: {log_of(state)}")
finish(problems, "old ibapi: turned away")
