// The page: reads the data beside it and draws the sections in order. A part without data is left
// out, never drawn empty.

/** The period, what was simulated, and the badge that says it was. */
function heading(report) {
  const s = report.summary;
  const missing = list(s.sessions_missing).length;
  const what = [s.underlying, s.root && s.root !== s.underlying ? s.root : null].filter(Boolean);
  document.title = ['V6 ' + (s.kind || 'backtest'), what.join(' / '), s.from, s.to].filter(Boolean).join(' \u00b7 ');
  return [el('div.title', null, el('h1', null, 'V6 ' + (s.kind || 'backtest')),
    el('span.badge', null, el('b', null, (s.kind || 'backtest').toUpperCase()), ' simulated, not advice')),
  facts([[s.root && s.root !== s.underlying ? 'Underlying / root' : 'Underlying', what.join(' / ')],
    ['Period', s.from ? `${day(s.from)} \u2013 ${day(s.to)}` : null],
    ['Sessions', num(s.sessions) === null ? null
      : `${whole(s.sessions)}${missing ? `, ${whole(missing)} more missing` : ''}`],
    ['Fill model', s.fill], ['Seed', num(s.seed) === null ? null : String(s.seed)],
    ['Starting cash', num(s.cash) === null ? null : dollars(s.cash)]])];
}

/** The key figures. */
function tiles(report) {
  const s = report.summary;
  const [cash, final] = [num(s.cash), num(s.final_net_liquidation)];
  const structures = list(report.structures);
  const closed = structures.filter(structure => structure.closed_at).length;
  const change = cash && final !== null ? final / cash - 1 : null;
  const costs = num(s.max_drawdown_dollars);
  const tile = (label, value, under, kind = '') => (value === kAbsent ? null : el('div.tile', null,
    el('dt', null, label), el('dd', null, el('b' + (kind && '.' + kind), null, value),
      under ? el('small', null, under) : null)));
  const count = num(s.structures) ?? num(s.entries);
  return el('dl.tiles', null,
    tile('Realised P&L', gain(s.realised_pnl), 'net of fees', tone(s.realised_pnl)),
    tile('Final net liquidation', dollars(final), cash === null ? null
      : `${gain(final - cash)} on ${dollars(cash, false, 0)}`),
    tile('Return', percent(change, 2, true), 'over the period, not a year', tone(change)),
    tile('Max drawdown', percent(num(s.max_drawdown) === null ? null : -s.max_drawdown, 2),
      costs === null ? null : `${gain(-costs)} from the peak`),
    tile('Trades', count === null ? kAbsent : whole(count),
      structures.length ? `${closed} closed, ${structures.length - closed} open` : null),
    tile('Win rate', percent(s.win_rate, 0), closed ? `of ${plural(closed, 'closed trade')}` : null),
    tile('Profit factor', fixed(s.profit_factor), 'gross profit / gross loss'),
    tile('Fees', dollars(s.fees), 'in every figure'),
    tile('Slippage vs mid', dollars(s.slippage_vs_mid), 'paid away from the mid'));
}

/** Nested settings as rows, for data without an origin of each. */
const flat = (config, path = '') => entries(config).flatMap(([key, value]) =>
  (value && typeof value === 'object' && !Array.isArray(value) ? flat(value, `${path}${key}.`)
    : [{key: path + key, value}]));

function configuration(report) {
  const rows = list(report.config).length ? list(report.config) : flat(report.summary.config);
  if (!rows.length) return null;
  const changed = rows.filter(row => row.origin && row.origin !== 'default').length;
  const text = value => (typeof value === 'string' ? value : JSON.stringify(value) ?? kAbsent);
  return el('details', null, el('summary', null, plural(rows.length, 'setting')
    + (changed ? `, ${whole(changed)} not at the default` : '')),
  table('Effective configuration', [{head: 'Key', cell: row => el('code', null, row.key)},
    {head: 'Value', kind: 'wide', cell: row => text(row.value)},
    {head: 'Origin', cell: row => (row.origin && row.origin !== 'default'
      ? el('b', null, row.origin) : row.origin)},
    {head: 'Meaning', kind: 'wide', cell: row => row.meaning || kAbsent}], rows, {page: 1000,
    stack: true}));
}

function ending(report) {
  const s = report.summary;
  const t = s.timing ?? {};
  const timing = [num(t.load_s) === null ? null : `loaded in ${fixed(t.load_s)} s`,
    num(t.run_s) === null ? null : `ran in ${fixed(t.run_s)} s`,
    num(t.quotes_per_s) === null ? null : `${whole(t.quotes_per_s)} quotes a second`,
    num(t.peak_rss_mib) === null ? null : `${whole(t.peak_rss_mib)} MiB at most`];
  return [facts([['Decisions digest', s.decisions_digest, 'code'],
    ['Journal digest', s.journal_digest, 'code'],
    ['Build', report.build, 'code'], ['Run', timing.filter(Boolean).join(', ')]]),
  el('p', null, el('code', null, 'v6 replay DIR/journal.db'), ' steps the same events again and '
    + 'compares every decision; ', el('code', null, 'v6 explain S-0001 --journal DIR/journal.db'),
  ' tells any structure, decision, order or fill in words. DIR is the folder of this file.'),
  el('p.quiet-text', null, 'Times are New York. A simulation of the past on recorded quotes; not '
    + 'advice, and no promise of results.')];
}

/** Draws the page from the data in it. */
function draw() {
  const report = JSON.parse(document.getElementById('data').textContent);
  report.summary ??= {};
  const decisions = list(report.decisions);
  const [decisionBox, pick] = decisions.length ? decisionTable(report) : [];
  const unfold = event => {
    const trades = document.querySelectorAll('details.trade');
    const open = event.target.getAttribute('aria-pressed') !== 'true';
    trades.forEach(node => { node.open = open; });
    event.target.setAttribute('aria-pressed', String(open));
    event.target.textContent = open ? 'Fold all' : 'Unfold all';
  };
  const structures = list(report.structures);
  const sections = [
    ['Equity', 'What the account was worth with every position marked at its mid.',
      equityCharts(report)],
    ['Fills', 'The same run under three fill models.', fillModels(report)],
    ['Trades', 'One line a structure; unfold it for payoff, path and reasons.', structures.length
      ? [el('button.side', {type: 'button', 'aria-pressed': 'false', onclick: unfold}, 'Unfold all'),
        ...tradeList(report)]
      : report.structures && el('p', null, 'No structure was opened in this period.')],
    ['Exits', 'Which rule ended or reduced the trades, and what those it ended made.', structures.length ? [exitBars(report), ...kindBars(report)] : null],
    ['Refusals', 'Which gate was the first to say no. The strip shows the days on which it had the '
      + 'last word; choose a line to list its decisions.', decisions.length
      ? refusals(decisions, list(report.summary.sessions_missing), pick) : null],
    ['Decisions', 'Every snapshot: what was decided, and the check that decided it. The distance is '
      + 'positive by how much a check passed, negative by how much it missed.', decisionBox],
    ['Greeks', 'Profit by first-order cause; the residual is what they do not explain, the sum is the '
      + 'change of net liquidation.',
      structures.length ? attribution(report) : null],
    ['Book', 'Worst case and Greeks of all open structures at the end of each snapshot; dashed lines '
      + 'are the limits, a share of net liquidation.', structures.length ? book(report) : null],
    ['Alerts', 'What a person would have been told at the time.', alertTable(report)],
    ['Data', 'What the data lacked, and what was assumed in its place.', defects(report)],
    ['Configuration', 'Every setting in force, and where it came from.', configuration(report)],
  ].filter(([, , content]) => content);
  const id = name => name.toLowerCase();
  document.getElementById('top').append(...[heading(report)].flat().filter(Boolean));
  document.getElementById('contents').append(...sections.map(([name]) =>
    el('a', {href: '#' + id(name)}, name)));
  document.getElementById('main').append(tiles(report), ...sections.map(([name, says, content]) =>
    el('section.part', {id: id(name), 'aria-labelledby': `${id(name)}-head`},
      el('h2', {id: `${id(name)}-head`}, name), el('p.says', null, says), content)));
  document.getElementById('end').append(...ending(report).filter(Boolean));

  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint);
  const paper = on => {
    document.documentElement.toggleAttribute('data-paper', on);
    charts.forEach(fitTo);
    repaint();
  };
  addEventListener('beforeprint', () => paper(true));
  addEventListener('afterprint', () => paper(false));
}

document.addEventListener('DOMContentLoaded', draw);
