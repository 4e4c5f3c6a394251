"""The summary adds up."""

import collections
from decimal import Decimal

from case import ZERO, check


# covers: I-37
@check
def the_summary_adds_up(case):
    summary, run = case.run.summary, case.run
    open_value = sum((case.value(l, case.days[-1]) for l in case.positions("9999").values()), ZERO)
    final = case.cash_at("9999") + open_value
    closed = [Decimal(s["realised_pnl"]) for s in run.structures if s["closed_at"]]
    wins = sum(pnl for pnl in closed if pnl > 0)
    losses = -sum(pnl for pnl in closed if pnl < 0)

    def total(rows, name):
        return sum((Decimal(row[name]) for row in rows), ZERO)

    sessions = [d for d in case.market.close_time if case.first <= d <= case.last]
    exits = [d["rule"] for d in run.decisions if d["kind"] == "exit" and d["outcome"] != "hold"]
    exits += ["settled" for s in run.structures if s["exit_rule"] == "settled"]
    wanted = {
        "from": case.first,
        "to": case.last,
        "sessions": len(case.days),
        "sessions_missing": [day for day in sessions if day not in case.days],
        "quotes_read": sum(case.market.rows[day] for day in case.days),
        "quotes_refused": refused(case),
        "entries": sum(d["outcome"] == "opened" for d in run.decisions),
        "structures": len(run.structures),
        "exits": dict(collections.Counter(exits)),
    }
    for name, value in wanted.items():
        if summary[name] != value:
            yield f"summary.json: {name} is {summary[name]}, expected {value}"
    for name, value in {
        "realised_pnl": total(run.structures, "realised_pnl"),
        "unrealised_pnl": total(run.structures, "unrealised_pnl"),
        "fees": total(run.fills, "fees"),
        "slippage_vs_mid": total(run.structures, "slippage"),
        "final_net_liquidation": final,
    }.items():
        if Decimal(summary[name]) != value:
            yield f"summary.json: {name} is {summary[name]}, expected {value}"
    told = Decimal(summary["realised_pnl"]) + Decimal(summary["unrealised_pnl"])
    if told != final - case.cash:
        yield f"profit of the structures {told}, of the account {final - case.cash}"
    peak, worst, fraction = case.cash, ZERO, ZERO
    for row in run.equity:
        value = Decimal(row["net_liquidation"])
        peak = max(peak, value)
        worst, fraction = max(worst, peak - value), max(fraction, (peak - value) / peak)
    for name, value in {
        "max_drawdown_dollars": worst,
        "max_drawdown": fraction,
        "win_rate": Decimal(sum(pnl > 0 for pnl in closed)) / len(closed) if closed else None,
        "profit_factor": wins / losses if losses else None,
    }.items():
        found = summary[name]
        if (found is None) != (value is None) or (
            value is not None and abs(Decimal(found) - value) > Decimal("1e-12")
        ):
            yield f"summary.json: {name} is {found}, expected {value}"
    own = summary["fill_models"][case.fill]
    for name, value in own.items():
        if summary[name] != value:
            yield f"summary.json: fill_models.{case.fill}.{name} is {value}, not {summary[name]}"


def refused(case):
    counts = collections.Counter()
    for day in case.days:
        counts.update(case.market.refused[day])
    return {reason: count for reason, count in counts.items() if count}
