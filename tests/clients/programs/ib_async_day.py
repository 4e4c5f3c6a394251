"""A day of ib_async: discover, stream, preview, place, modify, cancel, fill, reconnect."""

import math
import time

from checks import demand, expect, run
from ib_async import IB, Bag, ComboLeg, Index, LimitOrder, Option

SECONDS = 30


def wait(ib, condition, what):
    """waitOnUpdate may miss an update that came with the last one, so it never waits for long."""
    end = time.monotonic() + SECONDS
    while not condition():
        demand(time.monotonic() < end, f"no {what} within {SECONDS} s")
        ib.waitOnUpdate(timeout=0.1)


def connect(port):
    ib = IB()
    ib.RequestTimeout = SECONDS
    ib.connect("127.0.0.1", port, clientId=7, timeout=SECONDS)
    errors = []
    ib.errorEvent += lambda reqId, code, text, contract: errors.append((reqId, code, text))
    return ib, errors


def chain(ib):
    [spx] = ib.qualifyContracts(Index("SPX", "CBOE"))
    rows = ib.reqSecDefOptParams("SPX", "", "IND", spx.conId)
    expect({(r.exchange, r.tradingClass) for r in rows}
           == {(e, c) for e in ("SMART", "CBOE") for c in ("SPX", "SPXW")}, f"chain rows: {rows}")
    row = next(r for r in rows if r.exchange == "SMART" and r.tradingClass == "SPXW")
    expect(row.multiplier == "100", f"multiplier {row.multiplier}")
    demand("20190607" in row.expirations, f"expirations: {row.expirations}")
    details = ib.reqContractDetails(
        Option("SPX", "20190607", exchange="SMART", tradingClass="SPXW", currency="USD"))
    expect(all(d.contract.strike in row.strikes for d in details), "a strike outside the grid")
    return spx, {(d.contract.strike, d.contract.right): d.contract for d in details}


def stream(ib, spx, options):
    [ticker] = ib.reqTickers(spx)
    spot = ticker.last
    expect(spot > 1000 and ticker.close > 1000, f"the index: {ticker}")
    strikes = sorted({k for k, _ in options}, key=lambda k: abs(k - spot))[:10]
    tickers = [ib.reqMktData(options[k, right], "100,101,104,106")
               for k in strikes for right in "CP"]
    wait(ib, lambda: all(t.modelGreeks and t.modelGreeks.delta and t.bid > 0 for t in tickers),
         "greeks of 20 options")
    for t in tickers:
        greeks, right = t.modelGreeks, t.contract.right
        name = t.contract.localSymbol
        expect(0 < t.bid <= t.ask and t.bidSize > 0 and t.askSize > 0, f"{name}: {t.bid} {t.ask}")
        expect(0.05 < greeks.impliedVol < 1 and greeks.gamma > 0 and greeks.vega > 0, f"{name}: {greeks}")
        expect((greeks.delta > 0) == (right == "C") and greeks.theta < 0, f"{name}: {greeks}")
        expect(abs(greeks.undPrice - spot) < 1, f"{name}: {greeks}")
        expect(t.bidGreeks and t.askGreeks, f"{name}: no greeks of bid and ask")
        interest = t.callOpenInterest if right == "C" else t.putOpenInterest
        expect(not math.isnan(interest), f"{name}: no open interest")
        expect(t.histVolatility > 0 and t.impliedVolatility > 0, f"{name}: no volatilities")
        ib.cancelMktData(t.contract)
    return spot


def condor(spot, options):
    centre = 5 * round(spot / 5)
    wings = [(centre - 150, "P", "BUY"), (centre - 100, "P", "SELL"),
             (centre + 100, "C", "SELL"), (centre + 150, "C", "BUY")]
    legs = [ComboLeg(conId=options[k, right].conId, ratio=1, action=action, exchange="SMART")
            for k, right, action in wings]
    return Bag(symbol="SPX", exchange="SMART", currency="USD", comboLegs=legs)


def order(price, account, **more):
    return LimitOrder("BUY", 1, price, account=account, tif="DAY", **more)


def cash(ib):
    return next(float(v.value) for v in ib.accountValues()
                if v.tag == "TotalCashBalance" and v.currency == "BASE")


def first(port):
    ib, errors = connect(port)
    [account] = ib.managedAccounts()
    expect(account == "DU1234567", f"account {account}")
    expect(ib.reqCurrentTime().strftime("%Y-%m-%d") == "2019-05-07", "current time")
    spx, options = chain(ib)
    spot = stream(ib, spx, options)
    bag = condor(spot, options)
    quote = ib.reqMktData(bag)
    wait(ib, lambda: not math.isnan(quote.ask) and not math.isnan(quote.bid), "quote of the combo")
    expect(quote.bid < quote.ask < 0, f"combo {quote.bid} {quote.ask}")

    state = ib.whatIfOrder(bag, order(quote.ask, account))
    expect(2000 < float(state.initMarginChange) < 5000, f"margin of the preview: {state}")
    expect(0 < state.commission < 20 and state.commissionCurrency == "USD", f"preview: {state}")
    expect(not ib.reqAllOpenOrders(), "the preview left an order")

    resting = ib.placeOrder(bag, order(round(quote.bid - 5, 2), account, orderRef="resting"))
    wait(ib, lambda: resting.orderStatus.status == "Submitted", "resting order")
    expect(resting.orderStatus.permId > 0, "permId")
    perm_id = resting.orderStatus.permId
    resting.order.lmtPrice = round(quote.bid - 4, 2)
    shown = []
    ib.openOrderEvent += shown.append
    ib.placeOrder(resting.contract, resting.order)
    wait(ib, lambda: shown, "modification")
    [open_trade] = ib.reqAllOpenOrders()
    expect(open_trade.order.lmtPrice == round(quote.bid - 4, 2), f"modified: {open_trade.order}")
    expect(open_trade.order.permId == perm_id, "another permId after modify")
    ib.cancelOrder(resting.order)
    wait(ib, resting.isDone, "cancel")
    expect(resting.orderStatus.status == "Cancelled", f"cancel: {resting.orderStatus}")
    expect((resting.order.orderId, 202) in {e[:2] for e in errors}, f"no 202: {errors}")

    before = cash(ib)
    filled = ib.placeOrder(bag, order(quote.ask, account, orderRef="filled"))
    wait(ib, lambda: len(filled.fills) == 5 and sum(f.commissionReport.execId != "" for f in
         filled.fills) >= 4 and filled.isDone(), "fill of the combo")
    expect(filled.orderStatus.status == "Filled" and filled.filled() == 1, f"{filled.orderStatus}")
    legs = [f for f in filled.fills if f.contract.secType == "OPT"]
    [whole] = [f for f in filled.fills if f.contract.secType == "BAG"]
    expect(len(legs) == 4 and len({f.execution.execId for f in filled.fills}) == 5, "executions")
    net = sum(f.execution.price * (1 if f.execution.side == "BOT" else -1) for f in legs)
    expect(abs(net - whole.execution.price) < 1e-9 and net <= quote.ask + 1e-9, f"net {net}")
    expect(all(f.execution.orderRef == "filled" for f in filled.fills), "orderRef of the fills")
    commission = sum(f.commissionReport.commission for f in legs)
    after = before - 100 * net - commission
    wait(ib, lambda: abs(cash(ib) - after) < 0.005, f"cash of {after}, but {cash(ib)}")
    wait(ib, lambda: len(ib.positions()) == 4, "four positions")
    expect(sorted(p.position for p in ib.positions()) == [-1, -1, 1, 1], f"{ib.positions()}")
    expect(len(ib.portfolio()) == 4, "portfolio")

    expect(len(ib.reqExecutions()) == 5, "executions asked for")
    done = {t.order.orderRef: t.orderStatus.status for t in ib.reqCompletedOrders(True)}
    expect(done == {"resting": "Cancelled", "filled": "Filled"}, f"completed: {done}")
    summary = {v.tag: v.value for v in ib.accountSummary()}
    expect(float(summary["NetLiquidation"]) > 400_000, f"summary: {summary}")

    expect(ib.reqContractDetails(Option("SPX", "20190607", 1, "C", "SMART")) == [], "no contract")
    expect(any(e[1] == 200 for e in errors), "no 200")
    bars = ib.reqHistoricalData(spx, "", "30 D", "1 day", "TRADES", True)
    expect(len(bars) == 30 and bars[-1].close > 1000, f"{len(bars)} bars of SPX")
    vix = Index("VIX", "CBOE")
    bars = ib.reqHistoricalData(vix, "", "1 Y", "1 day", "TRADES", True)
    expect(len(bars) > 240 and 5 < bars[-1].close < 50, f"{len(bars)} bars of VIX")
    put = options[5 * round(spot / 5) - 100, "P"]
    value = ib.calculateOptionPrice(put, 0.2, spot)
    expect(value and value.optPrice > 0, f"calculated {value}")
    back = ib.calculateImpliedVolatility(put, value.optPrice, spot)
    expect(back and abs(back.impliedVol - 0.2) < 1e-4, f"implied {back}")
    rule = ib.reqMarketRule(int(ib.reqContractDetails(put)[0].marketRuleIds.split(",")[0]))
    expect([(r.lowEdge, r.increment) for r in rule] == [(0, 0.05), (3, 0.1)], f"{rule}")

    kept = ib.placeOrder(bag, order(round(quote.bid - 5, 2), account, orderRef="kept"))
    kept.order.tif = "GTC"
    wait(ib, lambda: kept.orderStatus.status == "Submitted", "order to be found again")
    ib.disconnect()
    find_everything(port)


def find_everything(port):
    ib, _ = connect(port)
    trades = {t.order.orderRef: t for t in ib.openTrades()}
    demand(set(trades) == {"kept"}, f"open after reconnecting: {trades}")
    kept = trades["kept"]
    expect(kept.orderStatus.status == "Submitted" and kept.order.permId > 0, f"{kept.orderStatus}")
    expect(len(kept.contract.comboLegs) == 4, f"legs: {kept.contract}")
    expect(len(ib.fills()) == 5, f"{len(ib.fills())} executions after reconnecting")
    expect(len(ib.positions()) == 4, f"{len(ib.positions())} positions after reconnecting")
    return ib, kept


def again(port):
    ib, kept = find_everything(port)
    expect(ib.client.getReqId() > kept.order.orderId, "order ids fell back")
    ib.cancelOrder(kept.order)
    wait(ib, kept.isDone, "cancel of the order found again")
    expect(kept.orderStatus.status == "Cancelled", f"{kept.orderStatus}")
    ib.disconnect()


run(first, again)
