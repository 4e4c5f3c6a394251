#!/usr/bin/env python3
"""Backtests whose configuration makes each rule fire and each gate refuse.

A scenario is a TOML file with the program's configuration. Its leading comments say what it shows,
then `# acts: rule NAME, gate NAME, ...`: what must fire or refuse, and, if need be, `# run: OPTIONS`
(default: the whole SPX set) and `# market: SPY` (the SPX files divided by ten).

digests.json holds what each run must come to, to the bit, on every machine, compiler and build;
`--write` writes it anew after a change that is meant.
"""

# covers: I-14, I-17, I-29, A-30, A-31, A-35, A-36

import csv
import gzip
import json
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

RULES = """catastrophe assignment_risk time_exit stop_loss single_leg_exit trailing_stop vix_exit
take_profit delta_risk gamma_risk iv_crush dte_roll portfolio_limits""".split()
GATES = """mode latch session blackout freshness vix factors counts dte strikes liquidity credit
overlap score expected_value greeks worst_case margin rate collar fill""".split()
WHOLE = "--from 2019-04-25 --to 2019-07-03"


def headers(text):
    """The `# key: value` lines of a scenario; a line that goes on starts with `#  `."""
    comments = "\n".join(re.findall(r"^#.*$", text, re.M)).replace("\n#  ", " ")
    return dict(re.findall(r"^# (acts|run|market): (.*)$", comments, re.M))


def spy_sized(data, folder):
    """SPX files as SPY's: strikes and prices a tenth, to the cent; SPXW only, so that none is double."""
    for source in sorted((data / "spx-eod-2019").glob("*.csv.gz")):
        with gzip.open(source, "rt", newline="") as lines:
            rows = [row for row in csv.DictReader(lines) if row["optionroot"].startswith("SPXW")]
        for row in rows:
            row.update(underlying="SPY", optionroot=row["optionroot"].replace("SPXW", "SPY"))
            for field in ("underlying_last", "strike", "last", "net", "bid", "ask"):
                row[field] = f"{float(row[field]) / 10:.2f}"
            occ = row["optionroot"]
            row["optionroot"] = f"{occ[:-8]}{round(float(row['strike']) * 1000):08d}"
        with gzip.open(folder / source.name.replace("SPX", "SPY"), "wt", newline="", compresslevel=1) as out:
            writer = csv.DictWriter(out, rows[0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def run(v6, data, scenario, scratch):
    """What fired and refused in one scenario's run, as {"rule NAME", "gate NAME"}, and its digests."""
    say = headers(scenario.read_text())
    market = say.get("market", "SPX")
    chains = data / "spx-eod-2019"
    if market != "SPX":
        chains = scratch / market
        if not chains.exists():
            chains.mkdir()
            spy_sized(data, chains)
    out = scratch / scenario.stem
    command = [v6, "backtest", "--chains", chains, "--underlying", market, "--root",
               "SPXW" if market == "SPX" else market, "--config", scenario, "--out", out,
               *shlex.split(say.get("run", WHOLE))]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    replay = subprocess.run([v6, "replay", out / "journal.db"], check=True, capture_output=True, text=True)
    acted = {"identical"} if replay.stdout.startswith("identical:") else set()
    for line in (out / "decisions.jsonl").read_text().splitlines():
        decision = json.loads(line)
        acted |= {f"gate {check['gate']}" for check in decision["waterfall"] if check["verdict"] == "refuse"}
        if decision["outcome"] in ("closed", "reduced", "rolled"):
            acted |= {f"rule {decision['rule']}", decision["outcome"]}
    for line in (out / "structures.jsonl").read_text().splitlines():
        acted |= {f"rule {json.loads(line)['exit_rule']}"}
    summary = json.loads((out / "summary.json").read_text())
    return acted, {name: summary[f"{name}_digest"] for name in ("decisions", "journal")}


def main():
    v6, data = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    here = pathlib.Path(__file__).parent
    wanted = {f"rule {name}" for name in RULES} | {f"gate {name}" for name in GATES}
    known_file = here / "digests.json"
    known = json.loads(known_file.read_text()) if known_file.exists() else {}
    shown, digests, failed = set(), {}, False
    with tempfile.TemporaryDirectory() as scratch:
        for scenario in sorted(here.glob("*.toml")):
            promised = {act.strip() for act in headers(scenario.read_text())["acts"].split(",")}
            acted, digests[scenario.stem] = run(v6, data, scenario, pathlib.Path(scratch))
            wrong = [f"missing {act}" for act in sorted((promised | {"identical"}) - acted)]
            if "--write" not in sys.argv:
                wrong += [f"another {name} digest" for name, digest in digests[scenario.stem].items()
                          if known.get(scenario.stem, {}).get(name) != digest]
            failed |= bool(wrong)
            shown |= promised & acted
            print(f"{scenario.stem:24} {'; '.join(wrong) or 'as promised'}",
                  f"({', '.join(sorted(acted - {'identical', 'rule None'}))})" if "-v" in sys.argv else "")
    if "--write" in sys.argv:
        known_file.write_text(json.dumps(digests, indent=2) + "\n")
    for act in sorted(wanted - shown):
        failed = True
        print(f"no scenario shows: {act}")
    print(f"{len(wanted & shown)} of {len(wanted)} rules and gates act")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
