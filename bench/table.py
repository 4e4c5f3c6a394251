"""The figures of the runs, judged and laid out as the tables of docs/PERFORMANCE.md."""

import datetime
import pathlib
import re
import statistics

from goals import GOALS, OTHERS

BEGIN, END = "<!-- begin: written by ./dev bench -->", "<!-- end: written by ./dev bench -->"
ERROR = re.compile(r"(?P<what>.+?) (?P<measured>\S+) \(limit (?P<limit>[^,)]+)[^)]*\)$")


class Run:
    """One run of one program: nanoseconds an item by benchmark, and what it said of its accuracy."""

    def __init__(self, report):
        self.context = report["context"]
        self.times = {}
        for entry in report["benchmarks"]:
            if entry.get("aggregate_name") == "median":
                name = re.sub(r"/min_time:[\d.]+", "", entry["run_name"])
                self.times[name] = 1e9 / entry["items_per_second"]

    def errors(self, name):
        """(what, measured, limit) of each thing checked for one goal."""
        parts = filter(None, self.context.get(f"accuracy/{name}", "").split("; "))
        found = [ERROR.match(part) for part in parts]
        return [(m["what"], float(m["measured"]), float(m["limit"])) for m in found]


def time_text(nanoseconds):
    for unit, size in (("ms", 1e6), ("us", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.3g} {unit}"
    return f"{nanoseconds:.3g} ns"


def ratio_text(value):
    return f"{value:.0f}x" if value >= 10 else f"{value:.1f}x"


def limit_text(value):
    return "" if value is None else f"{value:g}x"


class Row:
    """One goal over all runs. Met when met in two of three runs and accurate in every one."""

    def __init__(self, goal, runs):
        self.goal = goal
        self.ours = [run.times[goal.ours] for run in runs]
        self.yardstick = [run.times[goal.yardstick] for run in runs]
        self.ratios = [theirs / ours for theirs, ours in zip(self.yardstick, self.ours)]
        worst = {}
        for run in runs:
            for what, measured, limit in run.errors(goal.ours):
                before = worst.get(what, (measured, limit))
                # A NaN is worse than anything.
                worst[what] = (measured, limit) if not measured <= before[0] else before
        self.worst = worst
        self.accurate = all(measured <= limit for measured, limit in worst.values())

    def met(self, limit):
        return limit is None or 3 * sum(r >= limit for r in self.ratios) >= 2 * len(self.ratios)

    @property
    def failed(self):
        return not self.accurate or not self.met(self.goal.floor)

    @property
    def verdict(self):
        if not self.accurate:
            return "NOT ACCURATE"
        if self.goal.floor is None:
            return ""
        return "target" if self.met(self.goal.target) else "floor" if self.met(self.goal.floor) else "MISSED"

    @property
    def cells(self):
        goal = self.goal
        accuracy = "; ".join(
            f"{what} {measured:g}" + ("" if measured <= limit else f" (limit {limit:g})")
            for what, (measured, limit) in self.worst.items())
        median = lambda times: time_text(statistics.median(times) * goal.items)
        each = ", ".join(ratio_text(ratio) for ratio in self.ratios)
        ratio = ratio_text(statistics.median(self.ratios)) + (f" ({each})" if len(self.ratios) > 1 else "")
        return [goal.id, goal.what, goal.path, median(self.ours), median(self.yardstick),
                goal.yardstick_text, ratio, limit_text(goal.floor), limit_text(goal.target),
                self.verdict, accuracy]


def laid_out(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(line) + " |" for line in lines]


def rows_of(runs):
    """The goals of the programs that ran. runs: program -> list of Run."""
    return [Row(goal, runs[goal.program]) for goal in GOALS
            if goal.program in runs and all(goal.ours in run.times for run in runs[goal.program])]


def tables(rows, runs, counts, machine):
    """The text between the markers. counts: rows of what is counted, not timed."""
    text = [f"{datetime.date.today().isoformat()}, {machine}. Medians of 15 repetitions; of the runs, "
            "the median and each one's ratio.", ""]
    text += laid_out(["goal", "what", "path", "ours", "yardstick", "which", "ratio", "floor", "target",
                      "met", "accuracy, worst seen"], [row.cells for row in rows])
    if counts:
        text += ["", *laid_out(["goal", "what", "figure", "limit", "target", "met"], counts)]
    others = [[what, time_text(items * statistics.median(run.times[name] for run in runs[program]))]
              for program, name, what, items in OTHERS
              if program in runs and all(name in run.times for run in runs[program])]
    if others:
        text += ["", *laid_out(["measured beside them", "time"], others)]
    return "\n".join(text)


def write_into(page: pathlib.Path, text):
    """Puts the text between the markers of the page."""
    before, found, rest = page.read_text().partition(BEGIN)
    _, closed, after = rest.partition(END)
    if not found or not closed:
        raise SystemExit(f"bench: {page} lacks its markers {BEGIN} and {END}")
    page.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")
