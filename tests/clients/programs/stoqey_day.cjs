// A day of @stoqey/ib: every event is kept; what is awaited has a deadline.
const { IBApi, EventName } = require("@stoqey/ib");

const SECONDS = 30;
const ACCOUNT = "DU1234567";
const problems = [];
const expect = (condition, text) => { if (!condition) problems.push(text); };
class GiveUp extends Error {}
const demand = (condition, text) => { if (!condition) { problems.push(text); throw new GiveUp(text); } };

class App {
  constructor(port) {
    this.heard = [];
    this.waiting = new Set();
    this.api = new IBApi({ host: "127.0.0.1", port, clientId: 11 });
    this.api.on(EventName.all, (name, args) => {
      this.heard.push([name, ...args]);
      for (const look of [...this.waiting]) look();
    });
    // Without a listener of its own an error would be thrown.
    this.api.on(EventName.error, (error, code, id) => {
      if (/unprocessed|underrun|decod/i.test(error.message)) problems.push(`decoding: ${error.message}`);
    });
  }
  all(name, ...start) {
    return this.heard.filter((h) => h[0] === name && start.every((s, i) => h[1 + i] === s))
      .map((h) => h.slice(1));
  }
  errors(id, code) { return this.all("error").filter((e) => e[1] === code && e[2] === id); }
  wait(what, condition) {
    return new Promise((resolve, reject) => {
      const look = () => {
        const answer = condition();
        if (!answer) return;
        clearTimeout(timer);
        this.waiting.delete(look);
        resolve(answer);
      };
      const timer = setTimeout(() => {
        this.waiting.delete(look);
        const errors = this.all("error").map((e) => `${e[1]} ${e[2]} ${e[0]}`).slice(-5);
        problems.push(`no ${what} within ${SECONDS} s; errors: ${errors.join("; ")}`);
        reject(new GiveUp(what));
      }, SECONDS * 1000);
      this.waiting.add(look);
      look();
    });
  }
  waitFor(name, ...start) {
    return this.wait(`${name} ${start}`, () => {
      const found = this.all(name, ...start);
      return found.length > 0 && found;
    });
  }
}

async function connect(port) {
  const app = new App(port);
  app.api.connect();
  await app.waitFor("nextValidId");
  return app;
}

async function details(app, reqId, contract) {
  app.api.reqContractDetails(reqId, contract);
  await app.waitFor("contractDetailsEnd", reqId);
  return app.all("contractDetails", reqId).map((d) => d[1]);
}

const order = (price, orderRef, more = {}) => ({
  action: "BUY", totalQuantity: 1, orderType: "LMT", lmtPrice: price, tif: "DAY",
  account: ACCOUNT, orderRef, transmit: true, ...more,
});

async function first(port) {
  const app = await connect(port);
  const { api } = app;
  expect(app.all("managedAccounts").length === 1, "managed accounts");
  api.reqCurrentTime();
  await app.waitFor("currentTime");
  const [spx] = await details(app, 1, { symbol: "SPX", secType: "IND", exchange: "CBOE", currency: "USD" });
  api.reqSecDefOptParams(2, "SPX", "", "IND", spx.contract.conId);
  await app.waitFor("securityDefinitionOptionParameterEnd", 2);
  const row = app.all("securityDefinitionOptionParameter", 2).find((r) => r[1] === "SMART" && r[3] === "SPXW");
  demand(row && row[5].includes("20190607"), `chain: ${JSON.stringify(row)}`);
  const found = await details(app, 3, {
    symbol: "SPX", secType: "OPT", exchange: "SMART", currency: "USD", tradingClass: "SPXW",
    lastTradeDateOrContractMonth: "20190607",
  });
  const option = (strike, right) => found.find(
    (d) => d.contract.strike === strike && d.contract.right.startsWith(right)).contract;
  api.reqMktData(4, spx.contract, "", true, false);
  await app.waitFor("tickSnapshotEnd", 4);
  const spot = app.all("tickPrice", 4, 4)[0][2];

  const strikes = [...new Set(found.map((d) => d.contract.strike))]
    .sort((a, b) => Math.abs(a - spot) - Math.abs(b - spot)).slice(0, 10);
  strikes.forEach((strike, i) => {
    api.reqMktData(100 + i, option(strike, "C"), "101", false, false);
    api.reqMktData(110 + i, option(strike, "P"), "101", false, false);
  });
  for (let id = 100; id < 120; id++) {
    const [[, , , iv, delta, price, , gamma, vega, theta, under]] =
      await app.waitFor("tickOptionComputation", id, 13);
    expect(iv > 0.05 && iv < 1 && Math.abs(delta) < 1 && price > 0 && gamma > 0 && vega > 0 && theta < 0 &&
      Math.abs(under - spot) < 1, `greeks of ${id}: ${[iv, delta, price, gamma, vega, theta, under]}`);
    const bid = app.all("tickPrice", id, 1)[0][2];
    const ask = app.all("tickPrice", id, 2)[0][2];
    expect(bid > 0 && bid <= ask, `quote of ${id}: ${bid} ${ask}`);
  }

  const centre = 5 * Math.round(spot / 5);
  const combo = {
    symbol: "SPX", secType: "BAG", exchange: "SMART", currency: "USD",
    comboLegs: [[-150, "P", "BUY"], [-100, "P", "SELL"], [100, "C", "SELL"], [150, "C", "BUY"]].map(
      ([away, right, action]) => ({
        conId: option(centre + away, right).conId, ratio: 1, action, exchange: "SMART", openClose: 0,
        shortSaleSlot: 0, designatedLocation: "", exemptCode: -1,
      })),
  };
  api.reqMktData(5, combo, "", false, false);
  await app.waitFor("tickPrice", 5, 2);
  const [[, , bid]] = app.all("tickPrice", 5, 1);
  const [[, , ask]] = app.all("tickPrice", 5, 2);
  expect(bid < ask && ask < 0, `combo ${bid} ${ask}`);

  let nextId = app.all("nextValidId")[0][0];
  const preview = nextId++;
  api.placeOrder(preview, combo, order(ask, "preview", { whatIf: true }));
  const [[, , , state]] = await app.waitFor("openOrder", preview);
  expect(state.initMarginChange > 2000 && state.initMarginChange < 5000 && state.commission > 0,
    `preview: ${JSON.stringify(state)}`);
  api.reqAllOpenOrders();
  await app.waitFor("openOrderEnd");
  expect(app.all("orderStatus").length === 0, "the preview left an order");

  const resting = nextId++;
  api.placeOrder(resting, combo, order(bid - 5, "resting"));
  await app.waitFor("orderStatus", resting, "Submitted");
  api.placeOrder(resting, combo, order(bid - 4, "resting"));
  await app.wait("modification", () => app.all("openOrder", resting).some((o) => o[2].lmtPrice === bid - 4));
  expect(new Set(app.all("orderStatus", resting).map((s) => s[5])).size === 1, "permId changed");
  api.cancelOrder(resting);
  await app.waitFor("orderStatus", resting, "Cancelled");
  await app.wait("202", () => app.errors(resting, 202).length);

  api.reqAccountUpdates(true, ACCOUNT);
  await app.waitFor("accountDownloadEnd");
  const cash = () => Number(app.all("updateAccountValue", "TotalCashValue").at(-1)[1]);
  const before = cash();
  api.reqPositions();
  await app.waitFor("positionEnd");
  const filled = nextId++;
  api.placeOrder(filled, combo, order(ask, "filled"));
  await app.waitFor("orderStatus", filled, "Filled");
  await app.wait("commissions", () => app.all("commissionReport").length >= 4);
  const executions = app.all("execDetails", -1);
  const legs = executions.filter((e) => e[1].secType === "OPT").map((e) => e[2]);
  expect(executions.length === 5 && legs.length === 4, `${executions.length} executions`);
  const net = legs.reduce((sum, e) => sum + e.price * (e.side === "BOT" ? 1 : -1), 0);
  const legIds = new Set(legs.map((e) => e.execId));
  const commission = app.all("commissionReport").filter(([r]) => legIds.has(r.execId))
    .reduce((sum, [r]) => sum + r.commission, 0);
  const after = before - 100 * net - commission;
  await app.wait(`cash of ${after}, not ${cash()}`, () => Math.abs(cash() - after) < 0.005);
  await app.wait("four positions", () => app.all("position").length === 4);
  api.reqExecutions(6, {});
  await app.waitFor("execDetailsEnd", 6);
  expect(app.all("execDetails", 6).length === 5, "executions asked for");
  api.reqCompletedOrders(true);
  await app.waitFor("completedOrdersEnd");
  const done = app.all("completedOrder").map((o) => `${o[1].orderRef} ${o[2].status}`).sort().join();
  expect(done === "filled Filled,resting Cancelled", `completed: ${done}`);
  api.reqAccountSummary(7, "All", "NetLiquidation,BuyingPower,$LEDGER");
  await app.waitFor("accountSummaryEnd", 7);
  expect(app.all("accountSummary", 7).length > 2, "account summary");
  api.reqHistoricalData(8, spx.contract, "", "30 D", "1 day", "TRADES", 1, 1, false);
  await app.wait("history", () => app.all("historicalData", 8).length > 30);  // the last says finished
  api.reqContractDetails(9, { symbol: "NOSUCH", secType: "STK", exchange: "SMART" });
  await app.wait("200", () => app.errors(9, 200).length);

  const kept = nextId++;
  api.placeOrder(kept, combo, order(bid - 5, "kept", { tif: "GTC" }));
  await app.waitFor("orderStatus", kept, "Submitted");
  api.disconnect();
  await app.waitFor("disconnected");
  await findEverything(port);
}

async function findEverything(port) {
  const app = await connect(port);
  app.api.reqAllOpenOrders();
  await app.waitFor("openOrderEnd");
  const open = app.all("openOrder");
  demand(open.length === 1 && open[0][2].orderRef === "kept", `open: ${JSON.stringify(open)}`);
  expect(open[0][1].comboLegs.length === 4, "legs of the order found again");
  app.api.reqExecutions(1, {});
  await app.waitFor("execDetailsEnd", 1);
  expect(app.all("execDetails", 1).length === 5, "executions after reconnecting");
  app.api.reqPositions();
  await app.waitFor("positionEnd");
  expect(app.all("position").length === 4, "positions after reconnecting");
  expect(app.all("nextValidId")[0][0] > open[0][0], "order ids fell back");
  return [app, open[0][0]];
}

async function again(port) {
  const [app, orderId] = await findEverything(port);
  app.api.cancelOrder(orderId);
  await app.waitFor("orderStatus", orderId, "Cancelled");
  app.api.disconnect();
  await app.waitFor("disconnected");
}

({ first, again })[process.argv[3]](Number(process.argv[2]))
  .catch((error) => { if (!(error instanceof GiveUp)) problems.push(error.stack); })
  .finally(() => {
    if (problems.length) console.log(problems.join("\n"));
    process.exit(problems.length ? 1 : 0);
  });
