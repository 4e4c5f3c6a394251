"""A day of IB's own client: callbacks on its reader thread, waited for with deadlines."""

import threading
import time

from checks import demand, expect, run
from ibapi.client import EClient
from ibapi.contract import ComboLeg, Contract
from ibapi.execution import ExecutionFilter
from ibapi.order import Order
from ibapi.order_cancel import OrderCancel
from ibapi.wrapper import EWrapper

SECONDS = 30
ACCOUNT = "DU1234567"


class App(EWrapper, EClient):
    """Every callback becomes (name, arguments) in `heard`."""

    def __init__(self):
        EClient.__init__(self, self)
        self.heard = []
        self.news = threading.Condition()

    def hear(self, name, *arguments):
        with self.news:
            self.heard.append((name, *arguments))
            self.news.notify_all()

    def all(self, name, *start):
        with self.news:
            return [h[1:] for h in self.heard if h[0] == name and h[1 : 1 + len(start)] == start]

    def wait(self, what, condition):
        with self.news:
            if not self.news.wait_for(condition, SECONDS):
                demand(False, f"no {what} within {SECONDS} s; errors: {self.all('error')[3:]}")
        return condition()

    def wait_for(self, name, *start):
        return self.wait(f"{name} {start}", lambda: self.all(name, *start))

    def error(self, reqId, errorCode, errorString, advancedOrderRejectJson=""):
        self.hear("error", reqId, errorCode, errorString)

    def connectionClosed(self):
        self.hear("closed")


def listening(name):
    def callback(self, *arguments):
        self.hear(name, *arguments)

    return callback


for name in (
    "nextValidId managedAccounts currentTime contractDetails contractDetailsEnd tickPrice tickSize "
    "securityDefinitionOptionParameter securityDefinitionOptionParameterEnd tickOptionComputation "
    "tickSnapshotEnd openOrder openOrderEnd orderStatus execDetails execDetailsEnd position "
    "positionEnd accountSummary accountSummaryEnd completedOrder completedOrdersEnd marketRule "
    "historicalData historicalDataEnd updateAccountValue accountDownloadEnd pnl userInfo "
    "commissionReport"
).split():
    setattr(App, name, listening(name))


def connect(port):
    """The last session's socket may linger about a second: the gateway says 326 meanwhile."""
    end = time.monotonic() + SECONDS
    while True:
        app = App()
        app.connect("127.0.0.1", port, 9)
        demand(app.serverVersion() == 178, f"server version {app.serverVersion()}")
        app.reader_thread = threading.Thread(target=app.run, daemon=True)
        app.reader_thread.start()
        app.wait("a start or its refusal",
                 lambda: app.all("nextValidId") or app.all("error", -1, 326))
        if app.all("nextValidId"):
            return app
        demand(time.monotonic() < end, "client id in use for ever")
        app.wait_for("closed")


def contract(**fields):
    made = Contract()
    for key, value in fields.items():
        setattr(made, key, value)
    return made


def details(app, req_id, **fields):
    app.reqContractDetails(req_id, contract(**fields))
    app.wait_for("contractDetailsEnd", req_id)
    return [d for _, d in app.all("contractDetails", req_id)]


def order(price, ref, **more):
    made = Order()
    made.action, made.totalQuantity, made.orderType, made.lmtPrice = "BUY", 1, "LMT", price
    made.tif, made.account, made.orderRef = "DAY", ACCOUNT, ref
    made.eTradeOnly = made.firmQuoteOnly = False
    for key, value in more.items():
        setattr(made, key, value)
    return made


def bag(spot, options):
    centre = 5 * round(spot / 5)
    made = contract(symbol="SPX", secType="BAG", exchange="SMART", currency="USD")
    made.comboLegs = []
    for strike, right, action in ((centre - 150, "P", "BUY"), (centre - 100, "P", "SELL"),
                                  (centre + 100, "C", "SELL"), (centre + 150, "C", "BUY")):
        leg = ComboLeg()
        leg.conId, leg.ratio, leg.action = options[strike, right].conId, 1, action
        leg.exchange = "SMART"
        made.comboLegs.append(leg)
    return made


def prices(app, req_id, tick_type):
    return [p for _, _, p, *_ in app.all("tickPrice", req_id, tick_type)]


def first(port):
    app = connect(port)
    expect(app.all("managedAccounts") == [(ACCOUNT,)], f"{app.all('managedAccounts')}")
    app.reqCurrentTime()
    app.wait_for("currentTime")
    [spx] = details(app, 1, symbol="SPX", secType="IND", exchange="CBOE", currency="USD")
    app.reqSecDefOptParams(2, "SPX", "", "IND", spx.contract.conId)
    app.wait_for("securityDefinitionOptionParameterEnd", 2)
    rows = {(r[1], r[3]): r for r in app.all("securityDefinitionOptionParameter", 2)}
    demand(("SMART", "SPXW") in rows and "20190607" in rows["SMART", "SPXW"][5], f"{rows.keys()}")
    found = details(app, 3, symbol="SPX", secType="OPT", exchange="SMART", currency="USD",
                    lastTradeDateOrContractMonth="20190607", tradingClass="SPXW")
    options = {(d.contract.strike, d.contract.right): d.contract for d in found}
    app.reqMktData(4, spx.contract, "", True, False, [])
    app.wait_for("tickSnapshotEnd", 4)
    [spot] = prices(app, 4, 4)

    strikes = sorted({k for k, _ in options}, key=lambda k: abs(k - spot))[:10]
    for i, strike in enumerate(strikes):
        app.reqMktData(100 + i, options[strike, "C"], "101", False, False, [])
        app.reqMktData(110 + i, options[strike, "P"], "101", False, False, [])
    for req_id in range(100, 120):
        [[*_, iv, delta, price, _, gamma, vega, theta, under]] = app.wait_for(
            "tickOptionComputation", req_id, 13)
        expect(0.05 < iv < 1 and 0 < abs(delta) < 1 and price > 0 and gamma > 0 and vega > 0
               and theta < 0 and abs(under - spot) < 1, f"greeks of {req_id}: {iv} {delta} {price}")
        [bid], [ask] = prices(app, req_id, 1), prices(app, req_id, 2)
        expect(0 < bid <= ask, f"quote of {req_id}: {bid} {ask}")
        app.wait_for("tickSize", req_id, 27 if req_id < 110 else 28)

    combo = bag(spot, options)
    app.reqMktData(5, combo, "", False, False, [])
    app.wait_for("tickPrice", 5, 2)
    [bid], [ask] = prices(app, 5, 1), prices(app, 5, 2)
    expect(bid < ask < 0, f"combo {bid} {ask}")

    ids = iter(range(app.all("nextValidId")[0][0], 10**9))
    preview = next(ids)
    app.placeOrder(preview, combo, order(ask, "preview", whatIf=True))
    [[_, _, _, state]] = app.wait_for("openOrder", preview)
    expect(2000 < float(state.initMarginChange) < 5000, f"preview: {vars(state)}")
    expect(0 < state.commission < 20, f"preview: {vars(state)}")
    app.reqOpenOrders()
    app.wait_for("openOrderEnd")
    expect(not app.all("orderStatus"), "the preview left an order")

    resting = next(ids)
    app.placeOrder(resting, combo, order(round(bid - 5, 2), "resting"))
    app.wait_for("orderStatus", resting, "Submitted")
    perm_id = app.all("orderStatus", resting)[-1][5]
    app.placeOrder(resting, combo, order(round(bid - 4, 2), "resting"))
    app.wait("modification", lambda: any(o[2].lmtPrice == round(bid - 4, 2)
                                         for o in app.all("openOrder", resting)))
    expect({s[5] for s in app.all("orderStatus", resting)} == {perm_id}, "permId changed")
    app.cancelOrder(resting, OrderCancel())
    app.wait_for("orderStatus", resting, "Cancelled")
    app.wait_for("error", resting, 202)

    filled = next(ids)
    app.reqAccountUpdates(True, ACCOUNT)
    app.wait_for("accountDownloadEnd", ACCOUNT)
    app.reqPositions()
    app.wait_for("positionEnd")
    before = float(app.all("updateAccountValue", "TotalCashValue")[-1][1])
    app.placeOrder(filled, combo, order(ask, "filled"))
    app.wait_for("orderStatus", filled, "Filled")
    app.wait("commissions", lambda: len(app.all("commissionReport")) >= 4)
    executions = [(c, e) for _, c, e in app.all("execDetails", -1)]
    legs = [e for c, e in executions if c.secType == "OPT"]
    expect(len(legs) == 4 and len(executions) == 5, f"{len(executions)} executions")
    net = sum(e.price * (1 if e.side == "BOT" else -1) for e in legs)
    leg_ids = {e.execId for e in legs}
    commission = sum(r.commission for (r,) in app.all("commissionReport") if r.execId in leg_ids)
    after = before - 100 * net - commission
    app.wait(f"cash of {after}", lambda: abs(
        float(app.all("updateAccountValue", "TotalCashValue")[-1][1]) - after) < 0.005)
    app.wait("four positions", lambda: len(app.all("position")) == 4)

    app.reqExecutions(6, ExecutionFilter())
    app.wait_for("execDetailsEnd", 6)
    expect(len(app.all("execDetails", 6)) == 5, "executions asked for")
    app.reqCompletedOrders(True)
    app.wait_for("completedOrdersEnd")
    done = {o.orderRef: s.status for _, o, s in app.all("completedOrder")}
    expect(done == {"resting": "Cancelled", "filled": "Filled"}, f"completed: {done}")
    app.reqAccountSummary(7, "All", "NetLiquidation,BuyingPower,$LEDGER")
    app.wait_for("accountSummaryEnd", 7)
    expect({"NetLiquidation", "BuyingPower", "CashBalance"} <= {s[2] for s in
           app.all("accountSummary", 7)}, f"{app.all('accountSummary', 7)}")
    app.reqPnL(8, ACCOUNT, "")
    app.wait_for("pnl", 8)
    app.reqHistoricalData(10, spx.contract, "", "30 D", "1 day", "TRADES", 1, 1, False, [])
    app.wait_for("historicalDataEnd", 10)
    expect(len(app.all("historicalData", 10)) == 30, "bars")
    app.calculateOptionPrice(11, options[strikes[0], "P"], 0.2, spot, [])
    app.wait_for("tickOptionComputation", 11, 53)
    app.reqContractDetails(12, contract(symbol="NOSUCH", secType="STK", exchange="SMART"))
    app.wait_for("error", 12, 200)
    app.reqNewsProviders()
    app.wait_for("error", -1, 321)
    app.cancelMktData(987)
    app.wait_for("error", 987, 300)

    kept = next(ids)
    app.placeOrder(kept, combo, order(round(bid - 5, 2), "kept", tif="GTC"))
    app.wait_for("orderStatus", kept, "Submitted")
    app.disconnect()
    app.reader_thread.join()
    find_everything(port)


def find_everything(port):
    app = connect(port)
    app.reqOpenOrders()
    app.wait_for("openOrderEnd")
    found = {o[2].orderRef: o for o in app.all("openOrder")}
    demand(set(found) == {"kept"}, f"open after reconnecting: {found}")
    order_id, combo, kept, _ = found["kept"]
    expect(len(combo.comboLegs) == 4 and kept.tif == "GTC", f"{combo} {kept}")
    app.reqExecutions(1, ExecutionFilter())
    app.wait_for("execDetailsEnd", 1)
    expect(len(app.all("execDetails", 1)) == 5, "executions after reconnecting")
    app.reqPositions()
    app.wait_for("positionEnd")
    expect(len(app.all("position")) == 4, "positions after reconnecting")
    expect(app.all("nextValidId")[0][0] > order_id, "order ids fell back")
    return app, order_id


def again(port):
    app, order_id = find_everything(port)
    app.cancelOrder(order_id, OrderCancel())
    app.wait_for("orderStatus", order_id, "Cancelled")
    app.disconnect()
    app.reader_thread.join()


run(first, again)
