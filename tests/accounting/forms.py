"""The form of every promised key of the result files: a small language of predicates."""

import re
from decimal import Decimal

MONEY = re.compile(r"-?\d+\.\d\d")
PRICE = re.compile(r"-?\d+(\.\d{1,4})?")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
IDENTITY = {kind: re.compile(kind + r"-\d{4,}") for kind in "DIOSF"}
DIGEST = re.compile(r"[0-9a-f]{64}")
TEXT = re.compile(r".*", re.S)
NUMBER, COUNT, FLAG = Decimal, int, bool


class Maybe:
    """The form, or null."""

    def __init__(self, form):
        self.form = form


class ByName:
    """An object whose keys are free and whose values all have the form."""

    def __init__(self, form):
        self.form = form


def words(text):
    return re.compile("|".join(text.split()))


CONTRACT = {
    "underlying": words("SPX"),
    "root": words("SPXW"),
    "expiry": DATE,
    "strike": PRICE,
    "right": words("call put"),
    "multiplier": COUNT,
}
LEG = {"contract": CONTRACT, "ratio": COUNT, "side": words("buy sell")}
QUOTED_LEG = LEG | {
    **{"bid": Maybe(PRICE), "ask": Maybe(PRICE), "mid": Maybe(PRICE)},
    **{"iv": Maybe(NUMBER), "delta": Maybe(NUMBER), "open_interest": Maybe(COUNT)},
}
SCORE = dict.fromkeys("total edge price chance liquidity carry fit".split(), NUMBER)
CHOSEN = {
    "kind": TEXT,
    "legs": [QUOTED_LEG],
    **{"mid": PRICE, "natural": PRICE, "expected_price": PRICE, "worst_case": MONEY},
    **{"expected_value": NUMBER, "expected_value_risk_neutral": NUMBER},
    **{"probability_of_profit": NUMBER, "score": SCORE},
}
VERDICT = {"measured": Maybe(NUMBER), "limit": Maybe(NUMBER), "unit": TEXT, "detail": TEXT}
GATES = words(
    "mode latch session blackout freshness vix factors counts dte strikes liquidity credit overlap "
    "score expected_value greeks worst_case margin rate collar fill"
)
RULES = words(
    "catastrophe assignment_risk time_exit stop_loss single_leg_exit trailing_stop vix_exit "
    "take_profit delta_risk gamma_risk iv_crush dte_roll portfolio_limits"
)
GATE = VERDICT | {"gate": GATES, "verdict": words("pass refuse skip"), "distance": Maybe(NUMBER)}
RULE = VERDICT | {"rule": RULES, "verdict": words("hold fire skip"), "distance": Maybe(NUMBER)}

DECISION = {
    "id": IDENTITY["D"],
    "at": TIME,
    "underlying": words("SPX"),
    "kind": words("entry exit"),
    "outcome": words("opened refused no_candidate hold closed rolled reduced"),
    "factors": ByName(Maybe((NUMBER, FLAG, TEXT))),
    "candidates": {"examined": COUNT, "passed": COUNT, "best_score": Maybe(NUMBER)},
    "chosen": Maybe(CHOSEN),
    "rule": Maybe(RULES),
    "structure": Maybe(IDENTITY["S"]),
    "intent": Maybe(IDENTITY["I"]),
}
ENTRY = DECISION | {"waterfall": [GATE]}
EXIT = DECISION | {"waterfall": [(RULE, GATE)]}  # gates where a roll was tried
ORDER = {
    "intent": IDENTITY["I"],
    "order_id": IDENTITY["O"],
    "structure": IDENTITY["S"],
    "at": TIME,
    "purpose": words("open close reduce roll_close roll_open"),
    "quantity": COUNT,
    "legs": [LEG],
    "limit": [PRICE],
    "status": TEXT,
    "filled": COUNT,
}
FILL = {
    "id": IDENTITY["F"],
    "at": TIME,
    "structure": IDENTITY["S"],
    "intent": Maybe(IDENTITY["I"]),
    "contract": CONTRACT,
    "side": words("buy sell settle"),
    "quantity": COUNT,
    "price": PRICE,
    "fees": MONEY,
}
STRUCTURE = {
    "id": IDENTITY["S"],
    "kind": TEXT,
    "underlying": words("SPX"),
    "opened_at": TIME,
    "closed_at": Maybe(TIME),
    "legs": [QUOTED_LEG],
    **{"entry_price": PRICE, "width": PRICE, "worst_case": MONEY, "dte_at_entry": COUNT},
    "exit_rule": Maybe(TEXT),
    **{"realised_pnl": MONEY, "fees": MONEY},
    **{"rolled_from": Maybe(IDENTITY["S"]), "rolled_to": Maybe(IDENTITY["S"])},
}
FILL_MODEL = {"realised_pnl": MONEY, "final_net_liquidation": MONEY}
SUMMARY = {
    **{"from": DATE, "to": DATE, "sessions": COUNT, "sessions_missing": [DATE]},
    **{"quotes_read": COUNT, "quotes_refused": ByName(COUNT)},
    **{"entries": COUNT, "exits": ByName(COUNT), "structures": COUNT},
    **{"realised_pnl": MONEY, "fees": MONEY, "slippage_vs_mid": MONEY},
    **{"max_drawdown": NUMBER, "max_drawdown_dollars": MONEY, "final_net_liquidation": MONEY},
    **{"win_rate": Maybe(NUMBER), "profit_factor": Maybe(NUMBER)},
    "fill_models": dict.fromkeys(("natural", "walk", "mid"), FILL_MODEL),
    **{"decisions_digest": DIGEST, "journal_digest": DIGEST},
    "timing": dict.fromkeys("load_s run_s quotes_per_s peak_rss_mib".split(), NUMBER),
    "config": ByName(object),
}
EQUITY = {"at": TIME, "cash": MONEY, "positions_value": MONEY, "net_liquidation": MONEY}
EQUITY_HEADING = (
    "at,cash,positions_value,net_liquidation,open_structures,worst_case,delta,gamma,theta,vega"
)


def faults(value, form, where):
    """Where a value departs from its form."""
    match form:
        case Maybe():
            if value is not None:
                yield from faults(value, form.form, where)
        case ByName():
            if not isinstance(value, dict):
                yield f"{where} is {value!r}, not an object"
            else:
                for key, held in value.items():
                    yield from faults(held, form.form, f"{where}.{key}")
        case dict():
            for key, inner in form.items():
                if not isinstance(value, dict) or key not in value:
                    yield f"{where}.{key} is absent"
                else:
                    yield from faults(value[key], inner, f"{where}.{key}")
        case list():
            if not isinstance(value, list):
                yield f"{where} is {value!r}, not a list"
            else:
                for index, held in enumerate(value):
                    yield from faults(held, form[0], f"{where}[{index}]")
        case tuple():
            tries = [list(faults(value, one, where)) for one in form]
            if all(tries):
                yield min(tries, key=len)[0]
        case re.Pattern():
            if not isinstance(value, str) or not form.fullmatch(value):
                yield f"{where} is {value!r}, expected text like {form.pattern}"
        case type():
            kinds = (int, Decimal) if form is NUMBER else form
            if not isinstance(value, kinds) or (isinstance(value, bool) and form in (int, NUMBER)):
                yield f"{where} is {value!r}, expected {form.__name__}"
