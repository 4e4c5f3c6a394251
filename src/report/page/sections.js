// The sections with figures: each takes the report and returns nodes, or null without data.

/** Equity over drawdown, one cursor for both. */
function equityCharts(report) {
  const rows = list(report.equity).filter(row => num(row.net_liquidation) !== null
    && seconds(row.at) !== null);
  if (!rows.length) return null;
  const x = rows.map(row => seconds(row.at));
  const value = rows.map(row => num(row.net_liquidation));
  let peak = num(report.summary.cash) ?? value[0];
  const falls = value.map(v => { peak = Math.max(peak, v); return v / peak - 1; });
  const turns = new Map();
  const turn = (at, shape, text) => {
    const i = x.findIndex(when => when >= seconds(at));
    if (seconds(at) !== null && i >= 0) turns.set(i, [...(turns.get(i) ?? []), {shape, text}]);
  };
  for (const s of list(report.structures)) {
    turn(s.opened_at, 'up', `opened ${s.id} ${words(s.kind)}`);
    if (s.closed_at) {
      turn(s.closed_at, profitOf(s) > 0 ? 'dot' : 'gem', `closed ${s.id} ${gain(profitOf(s))}`);
    }
  }
  const start = num(report.summary.cash);
  return [figure({
    label: 'Net liquidation', x, height: 260, sync: 'equity', form: v => dollars(v),
    axisForm: v => dollars(v, false, 0),
    series: [{label: `${report.summary.underlying ?? 'Underlying'} (right)`, scale: 'spot',
      values: rows.map(row => num(row.spot)), colour: 'strong', width: 1.25, form: v => fixed(v, 2)},
    {label: 'Net liquidation', values: value, colour: 'blue', width: 2}],
    note: i => turns.has(i) && el('span.note', null, turns.get(i).map(t => t.text).join(', ')),
    range: (plot, least, greatest) => (least === greatest ? [0.99 * least, 1.01 * greatest]
      : uPlot.rangeNum(least, greatest, 0.1, false)),
    under: plot => start !== null && ruleAt(plot, 'y', start, 'muted', [2, 4]),
    draw: plot => turns.forEach((marks, i) => marks.forEach(({shape}, nth) => mark(plot, shape,
      plot.valToPos(x[i], 'x', true), plot.valToPos(value[i], 'y', true)
        + (shape === 'up' ? 1 : -1) * (9 + 9 * nth) * uPlot.pxRatio))),
  }), turns.size > 0 && el('p.key', null, el('span.shape.up', null, '\u25b2'), ' opened  ', el('span.shape.dot', null,
    '\u25cf'), ' closed with a gain  ', el('span.shape.gem', null, '\u25c6'),
  ' closed with a loss  \u00b7  drag to zoom, double-click to reset'),
  figure({label: 'Drawdown from the peak', x, height: 130, sync: 'equity', room: kRoom,
    form: v => percent(v, 2),
    range: (plot, least) => [Math.min(1.1 * (least ?? 0), -0.001), 0],
    series: [{label: 'Drawdown', values: falls, colour: 'orange', fill: 'orange-soft'}]}),
  ...months(report, rows)];
}

/** The change of net liquidation month by month, where the run is longer than one. */
function months(report, rows) {
  const last = new Map();
  for (const row of rows) last.set(stamp(row.at, 'monthYear'), num(row.net_liquidation));
  if (last.size < 2 || !list(report.structures).length) return [];
  let before = num(report.summary.cash) ?? num(rows[0].net_liquidation);
  const changes = [...last].map(([month, value]) => {
    const change = value - before;
    const share = change / before;
    before = value;
    return {month, change, share};
  });
  const most = Math.max(...changes.map(({change}) => Math.abs(change)));
  return [el('h3', null, 'Month by month'), table('Month by month', [{head: 'Month', cell: row => row.month},
    {head: 'Change', kind: 'number', cell: row => el('b.' + (tone(row.change) || 'none'), null,
      gain(row.change))},
    {head: 'Return', kind: 'number', cell: row => percent(row.share, 2, true)},
    {head: '', kind: 'bars', cell: row => twoSided(row.change, most)}], changes)];
}

const kModels = {
  natural: {says: 'every leg at the worse side of its quote', colour: 'orange', dash: [6, 4]},
  walk: {says: 'the price walk, drawn from the seed', colour: 'blue'},
  mid: {says: 'every order at the mid: optimistic', colour: 'muted', dash: [2, 3]},
};

/** What the distance between the fill models says about the result. */
function fillSentence(report, models) {
  const cash = num(report.summary.cash);
  if (models.every(([, model]) => num(model.entries) === 0 && num(model.structures) === 0)) {
    return 'Nothing was opened under any of them.';
  }
  const finals = models.map(([name, model]) => num(model.final_net_liquidation));
  if (models.length < 2 || cash === null || finals.includes(null)) return null;
  const [worst, best] = [Math.min(...finals), Math.max(...finals)];
  const gap = `The fill models end ${dollars(best - worst, false, 0)} apart, `
    + `${percent((best - worst) / cash, 2)} of the starting cash: the honest uncertainty of the `
    + 'result. ';
  return gap + (worst > cash ? 'It is a gain under every one of them.'
    : best < cash ? 'It is a loss under every one of them.'
      : worst === best ? '' : 'Gain or loss depends on the fills: do not rely on either.');
}

/** The run under the three fill models. */
function fillModels(report) {
  const known = report.summary.fill_models ?? {};
  const models = Object.keys(kModels).filter(name => known[name]).map(name => [name, known[name]]);
  if (!models.length) return null;
  const curves = models.map(([name, model]) => [name, new Map(list(model.equity ?? (
    name === report.summary.fill ? report.equity : [])).map(row =>
    [seconds(row.at), num(row.net_liquidation)]))]);
  const traded = models.some(([, model]) => num(model.structures) !== 0);
  const x = [...new Set(curves.flatMap(([, curve]) => [...curve.keys()]))]
    .filter(at => at !== null).sort((a, b) => a - b);
  return [el('div.cards', null, models.map(([name, model]) => el('div.card', null,
    el('h3', null, sentence(name), name === report.summary.fill
      ? el('span.tag', null, 'this run') : null),
    el('p.quiet-text', null, kModels[name].says),
    facts([['Realised P&L', gain(model.realised_pnl), tone(model.realised_pnl)],
      ['Unrealised P&L', gain(model.unrealised_pnl), tone(model.unrealised_pnl)],
      ['Final net liquidation', dollars(model.final_net_liquidation)],
      ['Entries', num(model.entries) === null ? null : whole(model.entries)],
      ['Win rate', percent(model.win_rate, 0)],
      ['Max drawdown', percent(num(model.max_drawdown) === null ? null : -model.max_drawdown, 2)],
      ['Fees', dollars(model.fees)], ['Slippage vs mid', dollars(model.slippage_vs_mid)]])))),
  el('p', null, fillSentence(report, models)),
  traded && figure({label: 'Net liquidation under each fill model', x, form: v => dollars(v, false, 0),
    series: curves.map(([name, curve]) => ({label: sentence(name), ...kModels[name],
      values: x.map(at => curve.get(at) ?? null), width: name === report.summary.fill ? 2.5 : 1.75}))})];
}

/** Every structure kind that was traded: how often, how often with profit, what it made. */
function kindBars(report) {
  const kinds = new Map();
  for (const s of list(report.structures)) {
    const row = kinds.get(s.kind) ?? {kind: s.kind, count: 0, wins: 0, profit: 0};
    const profit = profitOf(s) ?? 0;
    kinds.set(s.kind, {...row, count: row.count + 1, wins: row.wins + (profit > 0),
      profit: row.profit + profit});
  }
  const rows = [...kinds.values()].sort((a, b) => b.count - a.count);
  if (rows.length < 2) return [];
  const widest = Math.max(...rows.map(row => Math.abs(row.profit)));
  return [el('h3', null, 'By kind of structure'), table('Trades by kind of structure', [
    {head: 'Structure', cell: row => words(row.kind)},
    {head: 'Trades', kind: 'number', cell: row => whole(row.count)},
    {head: 'In profit', kind: 'number', cell: row => whole(row.wins)},
    {head: 'P&L', kind: 'number', cell: row => el('b.' + (tone(row.profit) || 'none'), null,
      gain(row.profit))},
    {head: '', kind: 'bars', cell: row => twoSided(row.profit, widest)}], rows)];
}

/** Exits by rule: how many, and what they made. */
function exitBars(report) {
  const rules = new Map(entries(report.summary.exits).map(([rule, count]) =>
    [rule, {rule, count: num(count) ?? 0, profit: null}]));
  for (const s of list(report.structures)) {
    const rule = s.exit_rule ?? (s.closed_at ? 'not told' : 'still open');
    const row = rules.get(rule) ?? {rule, count: 0, profit: null};
    if (!entries(report.summary.exits).some(([name]) => name === rule)) row.count += 1;
    rules.set(rule, {...row, profit: (row.profit ?? 0) + (profitOf(s) ?? 0)});
  }
  const rows = [...rules.values()].sort((a, b) => (a.rule === 'still open') - (b.rule === 'still open')
    || b.count - a.count);
  if (!rows.length) return null;
  const most = Math.max(...rows.map(row => row.count));
  const widest = Math.max(...rows.map(row => Math.abs(row.profit ?? 0)));
  return table('Exits by rule', [
    {head: 'Rule', cell: row => words(row.rule)},
    {head: 'Exits', kind: 'number', cell: row => whole(row.count)},
    {head: '', kind: 'bars', cell: row => bar(row.count, most)},
    {head: 'P&L of the trades it ended', kind: 'number', cell: row => el('b.' + (tone(row.profit) || 'none'),
      null, gain(row.profit))},
    {head: '', kind: 'bars', cell: row => twoSided(row.profit ?? 0, widest)}], rows);
}

const kCauses = {delta: {colour: 'blue'}, gamma: {colour: 'violet', dash: [6, 3]},
  theta: {colour: 'green'}, vega: {colour: 'orange', dash: [6, 3]}, slippage: {colour: 'rose',
    dash: [2, 3]}, fees: {colour: 'muted', dash: [2, 3]}, residual: {colour: 'ink'}};

/** Where the profit came from: totals, and their growth. */
function attribution(report) {
  const rows = list(report.attribution).filter(row => seconds(row.at) !== null);
  const causes = Object.keys(kCauses).filter(cause => rows.some(row => num(row[cause]) !== null));
  if (!causes.length) return null;
  const totals = causes.map(cause => [cause, sum(rows.map(row => row[cause]))]);
  const most = Math.max(...totals.map(([, total]) => Math.abs(total)));
  const [cash, final] = [num(report.summary.cash), num(report.summary.final_net_liquidation)];
  const seen = sum(totals.map(([, total]) => total));
  const after = cash === null || final === null ? 0 : final - cash - seen;
  const last = Math.abs(after) < 0.005 ? [] : [['settled after the last snapshot', after]];
  const running = cause => { let total = 0; return rows.map(row => (total += num(row[cause]) ?? 0)); };
  return [table('P&L by Greek', [
    {head: 'Cause', cell: ([cause]) => words(cause)},
    {head: 'P&L', kind: 'number', cell: ([, total]) => el('b.' + (tone(total) || 'none'), null,
      gain(total))},
    {head: '', kind: 'bars', cell: ([cause, total]) => (cause === 'sum' ? '' : twoSided(total, most))},
  ], [...totals, ...last, ['sum', seen + sum(last.map(([, v]) => v))]]),
  figure({label: 'Cumulative P&L by Greek', x: rows.map(row => seconds(row.at)), height: 240,
    form: v => dollars(v, true, 0), under: plot => ruleAt(plot, 'y', 0, 'muted'),
    series: causes.map(cause => ({label: sentence(cause), ...kCauses[cause],
      values: running(cause)}))})];
}

/** The book against its limits: one small figure each. */
function book(report) {
  const rows = list(report.equity).filter(row => seconds(row.at) !== null);
  const times = (row, ...factors) => factors.reduce((product, factor) => (product === null
    || factor === null ? null : product * factor), 1);
  const spot = row => num(row.spot);
  const measures = [
    ['worst_case', 'Worst case', 'most the open structures can lose', row => num(row.worst_case)],
    ['dollar_delta', 'Dollar delta', 'delta \u00d7 spot', row => times(row, num(row.delta), spot(row))],
    ['dollar_gamma', 'Dollar gamma', 'change of dollar delta for a 1 % move', row =>
      times(row, num(row.gamma), spot(row), spot(row), 0.01)],
    ['vega', 'Vega', 'for one volatility point', row => num(row.vega)],
    ['theta', 'Theta', 'for one calendar day', row => num(row.theta)]];
  const figures = measures.map(([key, name, says, of]) => {
    const share = num(report.limits?.[key]);
    const values = rows.map(of);
    const limits = rows.map(row => times(row, share, num(row.net_liquidation)));
    const uses = values.map((v, i) => (v === null || !limits[i] ? null : Math.abs(v) / limits[i]));
    const use = Math.max(0, ...uses);
    const most = Math.max(1, ...[...values, ...limits].map(v => Math.abs(v ?? 0)));
    const oneSided = key === 'worst_case';
    const dashed = {colour: 'orange', dash: [5, 4], width: 1.25};
    const drawn = figure({label: name, x: rows.map(row => seconds(row.at)), height: 150,
      sync: 'book', form: v => dollars(v, !oneSided, 0),
      series: [{label: name, values, colour: 'blue', fill: 'blue-soft', width: 1.75},
        {label: 'Limit', values: limits, form: v => dollars(v, false, 0), ...dashed},
        ...(oneSided ? [] : [{label: 'Limit below', silent: true, ...dashed,
          values: limits.map(v => (v === null ? null : -v))}])],
      range: () => [oneSided ? 0 : -1.1 * most, 1.1 * most],
      under: plot => { ruleAt(plot, 'y', 0, 'muted'); }});
    return drawn && el('div.card', null, el('h3', null, name), el('p.quiet-text', null, says), drawn,
      share === null ? null : el('p.meter', null, bar(use, 1, use > 1 ? '.over' : ''),
        `at most ${percent(use, 0)} of the limit`));
  }).filter(Boolean);
  if (!figures.length) return null;
  return [el('div.cards', null, figures), el('details', null, el('summary', null, 'Account and book as '
    + 'a table'), table('Account and book', [
    {head: 'At', cell: row => timeOf(row.at)},
    ...['net_liquidation', 'cash', 'positions_value', 'worst_case'].map(key => ({head: sentence(key),
      kind: 'number', cell: row => dollars(row[key])})),
    {head: 'Open', kind: 'number', cell: row => whole(row.open_structures)},
    ...['delta', 'gamma', 'theta', 'vega'].map(key => ({head: sentence(key), kind: 'number',
      cell: row => fixed(row[key], 2, true)}))], rows, {page: 50}))];
}

/** What a person would have been told, as it happened. */
function alertTable(report) {
  const alerts = list(report.alerts);
  if (!alerts.length) return null;
  return table('Alerts', [
    {head: 'At', cell: alert => timeOf(alert.at)},
    {head: 'Level', cell: alert => el('span.level', {'data-level': alert.level}, words(alert.level))},
    {head: 'What', kind: 'wide', cell: alert => plain(alert.what)},
    {head: 'Decision', cell: alert => link('decision', alert.decision)}], alerts,
  {page: 25, stack: true});
}

/** How many marks of open structures could not be trusted; the snapshot that opened one counts not. */
function markDefects(report) {
  const marks = list(report.structures).flatMap(s => list(s.path).filter(step =>
    step.at !== s.opened_at && step.at !== s.closed_at));
  const bad = marks.filter(step => step.valid === false).length;
  return marks.length ? el('p', null, `${plural(marks.length, 'mark')} of open structures, `
    + `${whole(bad)} not valid (a leg without a usable quote, or quotes too wide). On a mark that is `
    + 'not valid only catastrophe, time exit, assignment risk and dte roll act.') : null;
}

/** What was wrong with the data, and what was assumed. */
function defects(report) {
  const s = report.summary;
  const missing = list(s.sessions_missing);
  const refused = entries(s.quotes_refused).map(([reason, count]) => [reason, num(count) ?? 0])
    .sort((a, b) => b[1] - a[1]);
  const total = sum(refused.map(([, count]) => count));
  const read = num(s.quotes_read);
  const most = Math.max(0, ...refused.map(([, count]) => count));
  const parts = [
    read !== null && el('p', null, `${plural(read, 'quote')} read, ${whole(total)} refused`
      + `${read ? ` (${percent(total / read, 2)})` : ''}. A refused quote reaches no decision.`),
    refused.length ? table('Quotes refused, by reason', [
      {head: 'Reason', cell: ([reason]) => words(reason)},
      {head: 'Quotes', kind: 'number', cell: ([, count]) => whole(count)},
      {head: '', kind: 'bars', cell: ([, count]) => bar(count, most)}], refused) : null,
    markDefects(report),
    Array.isArray(s.sessions_missing) && el('div', null, el('h3', null,
      missing.length ? `Missing sessions: ${whole(missing.length)}` : 'No session is missing'),
    missing.length ? el('ul.chips', null, missing.map(date => el('li', null, timeOf(date, day))))
      : null, missing.length ? el('p.quiet-text', null, 'Listed, never invented: no decision was made '
        + 'and no position marked on these days.') : null),
    list(s.notes).length ? el('div', null, el('h3', null, 'Notes and assumptions'),
      el('ul.notes', null, list(s.notes).map(note => el('li', null, String(note))))) : null,
  ].filter(Boolean);
  return parts.length ? parts : null;
}
