#!/usr/bin/env python3
"""Every cent of a backtest accounted for a second time, then forged books that must not pass."""

import re
import shutil
import sys
import tempfile
from pathlib import Path

import books
import decisions
import records
import summary
from case import CHECKS, Case, problems
from e2e_kit import FIRST, LAST, NO_EXITS, V6, Outputs, chain_copy, chain_days, chain_file
from e2e_kit import finish, read_chain, write_chain
from market import Market, contract_of

MODULES = (records, books, decisions, summary)  # importing them lists their checks

LONG_PUT = (
    '[[backtest.adopt]]\ndate = "2019-05-01"\nlegs = ["1 SPXW 2019-06-21 2750 P"]\nquantity = 2\n'
)


def contracts_in(runs):
    """Everything a run quoted, ordered, traded or chose."""
    found = set()
    for run in runs:
        for holder in [
            *run.orders,
            *run.structures,
            *(d["chosen"] for d in run.decisions if d["chosen"]),
        ]:
            found |= {contract_of(leg["contract"]) for leg in holder["legs"]}
    return found


def blemished(v6, run, folder):
    """Chains in which a held contract once has no quote, once a crossed one, once no row at all."""
    chain_copy(v6.chains, folder, chain_days(v6.chains))
    blemishes = {
        "2019-05-14": lambda row: [*row[:10], "0.0", "0.0", *row[12:]],
        "2019-05-16": lambda row: [*row[:10], row[11], row[10], *row[12:]],
        "2019-05-22": lambda row: [],
    }
    for day, blemish in blemishes.items():
        for structure in run.structures:
            if structure["opened_at"] < day < (structure["closed_at"] or "9999"):
                contract = contract_of(structure["legs"][0]["contract"])
                symbol = f",{Market.symbol(contract)},"
                lines = read_chain(chain_file(v6.chains, day))
                edited = [",".join(blemish(l.split(","))) if symbol in l else l for l in lines]
                write_chain(chain_file(folder, day), [line for line in edited if line])
    return folder


def cases(v6, folder):
    """{name: case}: every fill model, two seeds, and what the default run never meets."""
    settings = folder / "long_put.toml"
    settings.write_text(LONG_PUT)
    asked = {
        f"{fill} seed {seed}": (fill, [f"--seed={seed}"], LAST)
        for fill in ("natural", "walk", "mid")
        for seed in (1, 2)
    }
    asked["settled"] = ("walk", NO_EXITS, LAST)
    asked["settled after the last snapshot"] = ("natural", NO_EXITS, "2019-06-07")
    asked["three contracts"] = (
        "walk",
        ["--set=risk.max_order_size=3", "--set=risk.structure_worst_case=0.03"],
        LAST,
    )
    asked["an adopted long put"] = ("walk", ["--config", settings], LAST)
    runs = {
        name: v6.backtest(folder / name.replace(" ", "_"), f"--fill={fill}", *more, end=end)
        for name, (fill, more, end) in asked.items()
    }
    market = Market(v6.chains, v6.reference, contracts_in(runs.values()))
    found = {
        name: Case(run, market, asked[name][0], FIRST, asked[name][2])
        for name, run in runs.items()
    }
    spoilt = blemished(v6, runs["settled"], folder / "chains")
    run = v6.backtest(folder / "blemished", *NO_EXITS, chains=spoilt)
    found["blemished"] = Case(
        run, Market(spoilt, v6.reference, contracts_in([run])), "walk", FIRST, LAST
    )
    return found


def what_the_cases_must_show(found):
    """Else a check above would have had nothing to look at."""

    def sides(name):
        return [fill["side"] for fill in found[name].run.fills]

    def orders(name):
        return found[name].run.orders

    shown = {
        "a settlement": "settle" in sides("settled"),
        "a settlement after the last snapshot": any(
            fill["at"] > found["settled after the last snapshot"].run.equity[-1]["at"]
            for fill in found["settled after the last snapshot"].run.fills
        ),
        "an order of three contracts": any(o["filled"] == 3 for o in orders("three contracts")),
        "an order below the minimum commission": any(
            len(o["legs"]) == 1 and o["filled"] for o in orders("an adopted long put")
        ),
        "a structure closed in part": any(
            o["purpose"] == "reduce" for o in orders("an adopted long put")
        ),
        "an entry that was not filled": any(
            o["status"] == "cancelled" for o in orders("walk seed 1")
        ),
        "a crossed quote": "crossed" in found["blemished"].run.summary["quotes_refused"],
        "two seeds that differ": found["walk seed 1"].run.fills != found["walk seed 2"].run.fills,
        "a condor": any(s["kind"] == "iron_condor" for s in found["walk seed 1"].run.structures),
        "a debit": any(s["entry_price"][0] == "-" for s in found["walk seed 1"].run.structures),
    }
    return [f"no run shows {what}" for what, there in shown.items() if not there]


def side_by_side(found):
    """What one run says of the other fill models is what their own runs say."""
    for name, case in found.items():
        if name.endswith("seed 1"):
            for model, told in case.run.summary["fill_models"].items():
                own = found[f"{model} seed 1"].run.summary
                for key, value in told.items():
                    if own[key] != value:
                        yield f"{name}: {model}.{key} is {value}, its own run has {own[key]}"


def up(match):
    """The number one unit of its last digit higher."""
    text = match[2]
    digits = str(int(text.replace(".", "")) + 1).rjust(len(text.replace(".", "")), "0")
    point = text.find(".")
    return match[1] + (
        digits[: point - len(text) + 1] + "." + digits[point - len(text) + 1 :]
        if point >= 0
        else digits
    )


def bump(key):
    return lambda text: re.sub(rf'("{key}":\s*"?-?)(\d+(?:\.\d+)?)', up, text, count=1)


def column(index):
    def edit(text):
        lines = text.splitlines()
        row = lines[20].split(",")
        row[index] = up(re.fullmatch(r"(-?)([\d.]+)", row[index]))
        return "\n".join([*lines[:20], ",".join(row), *lines[21:]]) + "\n"

    return edit


def without_line(number):
    return lambda text: "".join(l for i, l in enumerate(text.splitlines(True)) if i != number)


def swap(old, new):
    return lambda text: text.replace(old, new, 1)


BALANCE = "every_snapshot_balances_to_the_cent"
STORY = "structures_tell_their_own_story"
FORM = "every_promised_key_has_the_promised_form"
IDS = "ids_are_unique_and_references_resolve"
DECIDES = "every_snapshot_decides_once_and_says_why"
JUDGES = "every_open_structure_is_judged_at_each_later_snapshot"
FORGERIES = [  # what, in which file, the forgery, the check that must see it
    ("a tick in a fill", "fills.jsonl", bump("price"), BALANCE),
    ("a tick in a fill, seen by its structure", "fills.jsonl", bump("price"), STORY),
    (
        "a fill outside the quotes",
        "fills.jsonl",
        swap('"price":"', '"price":"1'),
        "fill_prices_lie_between_mid_and_natural",
    ),
    ("a cent in a fee", "fills.jsonl", bump("fees"), "fees_follow_the_schedule"),
    ("a lost fill", "fills.jsonl", without_line(3), "fills_are_what_their_orders_asked"),
    ("a fill twice", "fills.jsonl", lambda t: t.splitlines(True)[0] + t, IDS),
    (
        "a fill on the other side",
        "fills.jsonl",
        swap('"side":"sell"', '"side":"buy"'),
        "fills_are_what_their_orders_asked",
    ),
    ("a foreign intent", "fills.jsonl", swap('"intent":"I-0001"', '"intent":"I-0002"'), IDS),
    ("a fill without decision", "fills.jsonl", swap('"decision":"D-0002"', '"decision":null'), IDS),
    (
        "a settlement a cent off",
        "fills.jsonl",
        swap('"price":"21.66"', '"price":"21.67"'),
        "settlements_pay_intrinsic_at_the_official_close",
    ),
    (
        "a settlement with an intent",
        "fills.jsonl",
        swap('"intent":null', '"intent":"I-0001"'),
        "settlements_pay_intrinsic_at_the_official_close",
    ),
    (
        "a settlement that never came",
        "fills.jsonl",
        without_line(6),
        "settlements_pay_intrinsic_at_the_official_close",
    ),
    ("a cent of cash", "equity.csv", column(1), BALANCE),
    ("a cent of a mark", "equity.csv", column(2), BALANCE),
    ("a cent of net liquidation", "equity.csv", column(3), BALANCE),
    ("a structure too many", "equity.csv", column(4), BALANCE),
    ("a cent of worst case", "equity.csv", column(5), BALANCE),
    ("a lost snapshot", "equity.csv", without_line(10), BALANCE),
    ("a renamed column", "equity.csv", swap("net_liquidation", "nlv"), FORM),
    ("a worst case", "structures.jsonl", bump("worst_case"), STORY),
    ("an entry price", "structures.jsonl", bump("entry_price"), STORY),
    ("a profit", "structures.jsonl", bump("realised_pnl"), STORY),
    ("an entry quote", "structures.jsonl", bump("bid"), STORY),
    ("a days to expiry", "structures.jsonl", bump("dte_at_entry"), STORY),
    ("a lost structure", "structures.jsonl", without_line(1), STORY),
    (
        "a number for a price",
        "structures.jsonl",
        swap('"entry_price":"6.4176"', '"entry_price":6.4176'),
        FORM,
    ),
    ("a lost key", "structures.jsonl", swap('"rolled_to":null,', ""), FORM),
    ("a local time", "orders.jsonl", swap("T19:45:00Z", "T15:45:00-04:00"), FORM),
    (
        "an order filled twice over",
        "orders.jsonl",
        swap('"filled":1', '"filled":2'),
        "fills_are_what_their_orders_asked",
    ),
    (
        "a limit better than the fill",
        "orders.jsonl",
        swap('"6.40"]', '"6.42"]'),
        "fills_are_what_their_orders_asked",
    ),
    ("a lost decision", "decisions.jsonl", without_line(0), DECIDES),
    (
        "a refusal without a reason",
        "decisions.jsonl",
        lambda t: t.replace('"verdict":"refuse"', '"verdict":"pass"'),
        DECIDES,
    ),
    ("an exit not judged", "decisions.jsonl", without_line(4), JUDGES),
    (
        "a distance of the wrong sign",
        "decisions.jsonl",
        swap('"distance":21.86', '"distance":-21.86'),
        "distances_have_the_sign_of_their_verdicts",
    ),
    (
        "a candidate's natural",
        "decisions.jsonl",
        bump("natural"),
        "the_chosen_candidate_is_priced_from_the_chain",
    ),
    ("a drawdown", "summary.json", bump("max_drawdown_dollars"), "the_summary_adds_up"),
    ("a session not missing", "summary.json", swap('"2019-05-17",', ""), "the_summary_adds_up"),
    ("a final value", "summary.json", bump("final_net_liquidation"), "the_summary_adds_up"),
    ("a win rate", "summary.json", bump("win_rate"), "the_summary_adds_up"),
    (
        "a refused quote not counted",
        "summary.json",
        swap('"no_quote": 566', '"no_quote": 565'),
        "the_summary_adds_up",
    ),
    (
        "a page that calls home",
        "report.html",
        swap("<head>", '<head><script src="https://x/"></script>'),
        "the_report_needs_no_network",
    ),
]


def undetected(case, folder):
    """Forgeries of the settled run's files that the check meant to see them does not see."""
    names = {file for _, file, _, _ in FORGERIES}
    for what, file, forge, seen_by in FORGERIES:
        copy = folder / "forged"
        copy.mkdir()
        for name in names:
            shutil.copy(case.run.folder / name, copy)
        text = (copy / file).read_text()
        forged = forge(text)
        (copy / file).write_text(forged)
        forged_case = Case(Outputs(copy), case.market, case.fill, case.first, case.last)
        check = next(check for check in CHECKS if check.__name__ == seen_by)
        if forged == text:
            yield f"self-check: {what}: nothing to forge in {file}"
        elif not any(True for _ in check(forged_case)):
            yield f"self-check: {what} in {file} is not seen by {seen_by}"
        shutil.rmtree(copy)


def main():
    v6 = V6(*sys.argv[1:3])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = cases(v6, folder)
        wrong = [f"{name}: {p}" for name, case in found.items() for p in problems(case)]
        wrong += side_by_side(found)
        wrong += what_the_cases_must_show(found)
        if not wrong:
            wrong += undetected(found["settled"], folder)
        fills = sum(len(case.run.fills) for case in found.values())
        finish(
            wrong,
            f"{len(found)} runs, {fills} fills balance; {len(FORGERIES)} forgeries seen",
        )


main()
