"""What is to be reached, from the performance goals: a ratio to the yardstick of the same run.

A floor is a must, a target an aim. A goal of a path counts where the machine has that path.
"""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Goal:
    id: str
    what: str
    program: str
    ours: str  # name of the benchmark
    yardstick: str
    yardstick_text: str
    floor: float | None
    target: float | None
    path: str = "one option"  # avx512, avx2, portable
    items: int = 1  # options one figure is for


def by_path(id, what, program, yardstick, text, floors, targets, items=1):
    return [Goal(id, what, program, f"{id}/{path}", yardstick, text, floors.get(path),
                 targets.get(path), path, items) for path in ("avx512", "avx2", "portable")]


def both(value):
    return {"avx512": value, "avx2": value}


GOALS = [
    *by_path("PERF-1", "implied volatility, batch", "implied_volatility", "yardstick/quantlib",
             "`blackFormulaImpliedStdDev`", {"avx512": 100, "avx2": 60}, {"avx512": 200, "avx2": 100}),
    Goal("PERF-2", "implied volatility, one by one", "implied_volatility", "PERF-2",
         "yardstick/quantlib", "`blackFormulaImpliedStdDev`", 12, 20),
    # Three times a LetsBeRational-class solver is half the yardstick; such a solver is a sixth of it.
    Goal("PERF-3", "slowest point of the corners", "implied_volatility", "PERF-3",
         "yardstick/quantlib", "the same, on PERF-1's grid", 2, 6),
    *by_path("PERF-4", "price and five Greeks, batch", "greeks", "yardstick/quantlib",
             "`BlackCalculator`", {"avx512": 50, "avx2": 30}, {"avx512": 90, "avx2": 45}),
    *by_path("PERF-5", "American, dividend yield", "american", "yardstick/qdfp",
             "`QdFpAmericanEngine`, fast scheme", both(20), both(45)),
    *by_path("PERF-6", "American, cash dividends", "american", "yardstick/fd",
             "finite differences 200x200", both(40), both(400)),
    Goal("PERF-7", "decode of a mixed stream of ticks", "wire_decode", "PERF-7", "yardstick/split",
         "split into strings, `atof`", 5, 10, "one message"),
    *by_path("PERF-8", "refresh of 6,240 contracts", "condors", "yardstick/quantlib",
             "`blackFormulaImpliedStdDev` of the mids", both(8), both(25), 6240),
]

# Measured beside them, without a goal: (program, benchmark, what, items).
OTHERS = [
    ("greeks", "yardstick/plain", "price and Greeks as plain code with libm", 1),
    ("implied_volatility", "all corners", "implied volatility, mean over all corners", 1),
    ("refresh", "step/decode", "refresh: decode of 12,480 ticks", 6240),
    ("refresh", "step/imply", "refresh: volatilities of bid, mid and ask", 6240),
    ("refresh", "step/value", "refresh: price and Greeks", 6240),
    ("condors", "step/decode", "recorded chain: decode", 6240),
    ("condors", "step/value", "recorded chain: volatilities, smiles and Greeks", 6240),
    ("condors", "wide", "recorded chain: all of it with the windows wide open", 6240),
    ("condors", "step/search", "recorded chain: every condor scored", 6240),
]
