// One structure: its legs in words, its payoff, its path, and why it was opened.

const contractWords = contract => `${contract?.root} ${day(contract?.expiry)} `
  + `${num(contract?.strike)} ${String(contract?.right).startsWith('c') ? 'C' : 'P'}`;
const strike = leg => num(leg.contract?.strike);
const isCall = leg => String(leg.contract?.right).startsWith('c');
const holds = leg => (leg.side === 'sell' ? -1 : 1) * (num(leg.ratio) ?? 1);
const expiries = structure => [...new Set(list(structure.legs).map(leg => leg.contract?.expiry))];

/** "−1 2750 P": contracts, strike, right; the expiry too where legs differ in it. */
function legWords(leg, dated) {
  const count = fixed(holds(leg), 0, true);
  const name = `${count} ${strike(leg) ?? '?'} ${isCall(leg) ? 'C' : 'P'}`;
  return (dated ? `${name} ${stamp(leg.contract?.expiry, 'dayMonth')}` : name).replaceAll(' ', '\u00a0');
}

const legsWords = structure => {
  const dated = expiries(structure).length > 1;
  return list(structure.legs).map(leg => legWords(leg, dated)).join(' / ');
};

const profitOf = structure => num(structure.closed_at ? structure.realised_pnl
  : (num(structure.realised_pnl) ?? 0) + (num(structure.unrealised_pnl) ?? 0));
/**
 * Profit at expiry by spot, in dollars for all contracts, before fees; null where legs expire on
 * different days. Straight between strikes, so break-evens and the most to gain are exact; most is
 * null where calls held leave it without a bound.
 */
function payoff(structure) {
  const legs = list(structure.legs);
  const strikes = legs.map(strike);
  const entry = num(structure.entry_price);
  if (!legs.length || strikes.includes(null) || entry === null || expiries(structure).length > 1) {
    return null;
  }
  const shares = (num(legs[0].contract.multiplier) ?? 100) * (num(structure.quantity) ?? 1);
  const at = spot => shares * legs.reduce((total, leg) => total + holds(leg)
    * Math.max(0, isCall(leg) ? spot - strike(leg) : strike(leg) - spot), entry);
  const spot = num(structure.spot_at_entry);
  const last = list(structure.path).at(-1);
  const exit = structure.closed_at ? num(last?.spot) : null;
  const inside = [...strikes, spot, exit].filter(value => value !== null);
  const [low, high] = [Math.min(...inside), Math.max(...inside)];
  const margin = Math.max(0.35 * (high - low), 0.015 * high);
  const [from, to] = [Math.max(0, low - margin), high + margin];
  const knots = [...new Set([from, ...strikes, to])].sort((a, b) => a - b);
  const breakEvens = knots.slice(1).flatMap((right, i) => {
    const left = knots[i];
    const [a, b] = [at(left), at(right)];
    return a * b < 0 ? [left + (right - left) * a / (a - b)] : [];
  });
  const grid = Array.from({length: 121}, (unused, i) => from + (to - from) * i / 120);
  const x = [...new Set([...grid, ...knots, ...breakEvens, ...(spot === null ? [] : [spot])])].sort((a, b) => a - b);
  const y = x.map(value => (breakEvens.includes(value) ? 0 : at(value)));
  const shorts = legs.filter(leg => holds(leg) < 0).map(strike);
  const rest = spot === null ? null : x.findIndex(value => value >= spot);
  const bounded = sum(legs.filter(isCall).map(holds)) <= 0;
  const most = bounded ? Math.max(...[0, ...strikes].map(at)) : null;
  return {x, y, breakEvens, shorts, spot, exit, rest, most};
}

/** The payoff as a figure: gains and losses tinted, short strikes dashed, break-evens marked. */
function payoffFigure(structure) {
  const curve = payoff(structure);
  if (!curve) return el('p.quiet', null, 'No payoff: legs without one common expiry.');
  const {x, y, breakEvens, shorts, spot, exit, rest, most} = curve;
  const far = value => (spot ? ` (${percent(value / spot - 1, 1, true)})` : '');
  const short = value => fixed(value, Number.isInteger(value) ? 0 : 2);
  return el('section', null, el('h4', null, 'Payoff at expiry, as entered'), figure({
    label: 'Profit at expiry by price of the underlying', time: false, height: 200, x, rest,
    xForm: value => `At ${fixed(value, 1)}${far(value)}`, form: v => dollars(v, true, 0),
    series: [
      {label: 'gain', values: y.map(v => Math.max(v, 0)), colour: 'blue', fill: 'blue-soft', width: 0,
        silent: true},
      {label: 'loss', values: y.map(v => Math.min(v, 0)), colour: 'orange', fill: 'orange-soft',
        width: 0, silent: true},
      {label: 'profit', values: y, colour: 'ink', width: 2}],
    under: plot => ruleAt(plot, 'y', 0, 'muted'),
    draw: plot => {
      for (const value of shorts) ruleAt(plot, 'x', value, 'orange', [4, 4]);
      if (exit !== null) ruleAt(plot, 'x', exit, 'muted', [2, 3]);
      if (spot !== null) ruleAt(plot, 'x', spot, 'blue');
      for (const value of breakEvens) {
        mark(plot, 'gem', plot.valToPos(value, 'x', true), plot.valToPos(0, 'y', true));
      }
    },
  }), facts([['Spot at entry', spot === null ? null : short(spot), 'line'],
    [structure.exit_rule === 'settled' ? 'Settled at' : 'Spot at exit', exit === null ? null
      : short(exit) + far(exit), 'dots'],
    ['Short strikes', shorts.map(v => short(v) + far(v)).join(', '), 'dashes'],
    ['Break-evens', breakEvens.map(v => fixed(v, 2) + far(v)).join(', '), 'gems'],
    ['Most to gain', most === null ? 'no bound' : `${dollars(most)} before fees`],
    ['Most to lose', structure.worst_case ? `${dollars(structure.worst_case)} with fees` : null]]));
}

/** UPL and the underlying from entry to exit, and the rule that ended it. */
function pathFigure(structure) {
  const path = list(structure.path).filter(step => seconds(step.at) !== null);
  if (!path.length) return null;
  const rows = table('Every mark of this structure', [
    {head: 'At', cell: step => timeOf(step.at)},
    {head: 'Spot', kind: 'number', cell: step => fixed(step.spot)},
    {head: 'Mid to close', kind: 'number', cell: step => fixed(step.mid, 2, true)},
    {head: 'UPL', kind: 'number', cell: step => percent(step.upl, 1, true)},
    {head: 'P&L', kind: 'number', cell: step => gain(step.net_pnl)},
    {head: 'Mark', cell: step => (step.at === structure.closed_at ? 'closed'
      : step.valid ? 'valid' : 'not valid')}], path, {page: 60});
  const end = !structure.closed_at ? 'still open' : structure.exit_rule === 'settled'
    ? 'settled at expiry' : `ended by ${words(structure.exit_rule) || 'no rule told'}`;
  return el('section', null, el('h4', null, `Path: ${end}`), figure({
    label: 'Unrealised profit and the underlying while held', height: 200,
    x: path.map(step => seconds(step.at)), form: v => percent(v, 0, true),
    series: [
      {label: 'Spot (right)', values: path.map(step => num(step.spot)), colour: 'muted', scale: 'spot',
        dash: [3, 3], form: v => fixed(v, 2)},
      {label: 'UPL', values: path.map(step => num(step.upl)), colour: 'blue', width: 2,
        points: path.length < 40, form: v => percent(v, 1, true)}],
    under: plot => ruleAt(plot, 'y', 0, 'muted'),
  }), el('p.says', null, 'UPL: profit at mids over the entry price, before fees'
    + (structure.closed_at ? '; the last point is what closing brought.' : '.')),
  el('details', null, el('summary', null, plural(path.length, 'point') + ' as a table'), rows));
}

const kComponents = ['edge', 'price', 'chance', 'liquidity', 'carry', 'fit'];

/** The weight of a score component in this run's configuration; null where it is not told. */
const weightOf = (report, name) => num(list(report.config).find(row =>
  new RegExp(`(^|\\.)score\\.(weights?\\.)?${name}$`).test(row.key))?.value);

/** The score of a candidate, component by component. */
function scoreBars(report, score) {
  const known = kComponents.filter(name => num(score?.[name]) !== null);
  if (!known.length) return null;
  return el('div.score', {role: 'list', 'aria-label': 'Score by component'}, known.map(name => {
    const [value, weight] = [num(score[name]), weightOf(report, name)];
    return el('div', {role: 'listitem'}, el('span', null, sentence(name)), bar(value, 1),
      el('span.number', null, weight === null ? percent(value, 0)
        : `${fixed(value * weight, 1)} of ${brief(weight)}`));
  }), num(score.total) !== null && el('div.total', {role: 'listitem'}, el('span', null, 'Total'),
    bar(num(score.total), 100), el('span.number', null, `${fixed(score.total, 1)} of 100`)));
}

const kFractions = ['return_20', 'iv_30', 'iv_60', 'realised_20', 'realised_252', 'skew_25_delta'];

/** The market as the decision saw it. */
const factorFacts = factors => facts(entries(factors).map(([key, value]) => [
  key === 'vix' ? 'VIX' : sentence(key).replace(/\biv\b/gi, 'IV').replace(/ (\d+)$/, ', $1 d'),
  typeof value === 'boolean' ? (value ? 'yes' : 'no')
    : num(value) === null ? (value ? words(value) : null)
      : kFractions.includes(key) ? percent(value, 1, key === 'return_20') : fixed(value, 2)]));

/** What a decision weighed: the market, the candidate it chose, every check. */
function reasons(report, decision) {
  const {chosen, candidates} = decision;
  const searched = num(candidates?.examined) > 0;
  return el('div.reasons', null,
    el('div.halves', null,
      el('section', null, el('h4', null, 'The market it saw'), factorFacts(decision.factors)),
      chosen && el('section', null, el('h4', null, `Best candidate: ${words(chosen.kind)}`),
        el('p.legs', null, legsWords(chosen)),
        scoreBars(report, chosen.score),
        facts([['Expected value, a unit', gain(chosen.expected_value)],
          ['Same, risk-neutral', gain(chosen.expected_value_risk_neutral)],
          ['Chance of profit', percent(chosen.probability_of_profit)],
          ['Mid', fixed(chosen.mid, 2, true)], ['Natural', fixed(chosen.natural, 2, true)],
          ['Expected price', fixed(chosen.expected_price, 2, true)],
          ['Worst case, a unit', dollars(chosen.worst_case)],
          ['Candidates', searched ? `${whole(candidates.passed)} of ${whole(candidates.examined)}`
            + ' passed' : null]]))),
    waterfall(list(decision.waterfall)));
}

/** Quotes of the legs when the structure was opened. */
const legTable = structure => table('Legs at entry', [
  {head: 'Leg', cell: leg => legWords(leg, true)},
  {head: 'Bid', kind: 'number', cell: leg => fixed(leg.bid)},
  {head: 'Ask', kind: 'number', cell: leg => fixed(leg.ask)},
  {head: 'Mid', kind: 'number', cell: leg => fixed(leg.mid)},
  {head: 'IV', kind: 'number', cell: leg => percent(leg.iv)},
  {head: 'Delta', kind: 'number', cell: leg => fixed(leg.delta, 3, true)},
  {head: 'Open int.', kind: 'number', cell: leg => whole(leg.open_interest)}], list(structure.legs));

/** The limits of an order as it was worked: "6.50 to 6.40 credit in 3 steps". */
function walkWords(limits) {
  const values = list(limits).map(num).filter(value => value !== null);
  if (!values.length) return kAbsent;
  if (values.length === 1) return price(values[0]);
  return `${price(values[0])} to ${price(values.at(-1))}, ${plural(values.length, 'limit')}`;
}

/** Orders and fills of one structure. */
function executions(report, structure) {
  const own = rows => list(rows).filter(row => row.structure === structure.id);
  const [orders, fills] = [own(report.orders), own(report.fills)];
  return [orders.length ? el('section', null, el('h4', null, 'Orders'), table('Orders', [
    {head: 'Order', cell: order => order.order_id},
    {head: 'At', cell: order => timeOf(order.at)},
    {head: 'Purpose', cell: order => words(order.purpose)},
    {head: 'Quantity', kind: 'number', cell: order => whole(order.quantity)},
    {head: 'Limit', cell: order => walkWords(order.limit)},
    {head: 'Status', cell: order => words(order.status) + (order.reason ? `: ${order.reason}` : '')},
    {head: 'Filled', kind: 'number', cell: order => whole(order.filled)}], orders,
  {stack: true})) : null,
  fills.length ? el('section', null, el('h4', null, 'Fills'), table('Fills', [
    {head: 'Fill', cell: fill => fill.id},
    {head: 'At', cell: fill => timeOf(fill.at)},
    {head: 'Side', cell: fill => words(fill.side)},
    {head: 'Contracts', kind: 'number', cell: fill => whole(fill.quantity)},
    {head: 'Contract', cell: fill => contractWords(fill.contract)},
    {head: 'Price', kind: 'number', cell: fill => fixed(fill.price, 4).replace(/(\.\d\d)00$/, '$1')},
    {head: 'Fees', kind: 'number', cell: fill => dollars(fill.fees)}], fills, {stack: true})) : null];
}

/** The structures before and after this one, through all rolls, in order. */
function rolls(report, structure) {
  const find = id => list(report.structures).find(other => other.id === id);
  const chain = [structure];
  for (let other = find(structure.rolled_from); other && !chain.includes(other);
    other = find(other.rolled_from)) chain.unshift(other);
  for (let other = find(structure.rolled_to); other && !chain.includes(other);
    other = find(other.rolled_to)) chain.push(other);
  return chain;
}

function rollWords(report, structure) {
  const chain = rolls(report, structure);
  return chain.length > 1 && el('p', null, 'One trade through its rolls: ', chain.flatMap((other, i) => [
    i ? ' \u2192 ' : '', other === structure ? el('b', null, other.id) : link('trade', other.id)]),
  `, together ${gain(sum(chain.map(profitOf)))}.`);
}

/** Everything about one structure, built when it is unfolded. */
function tradeDetails(report, structure) {
  const decisions = list(report.decisions);
  const opening = decisions.find(d => d.id === structure.decision);
  const endings = decisions.filter(d => d.kind === 'exit' && d.structure === structure.id
    && d.outcome !== 'hold');
  return el('div.inside', null, rollWords(report, structure),
    structure.adopted && el('p', null, 'Adopted: opened elsewhere and taken over at its mids.'),
    el('div.halves', null, payoffFigure(structure), pathFigure(structure)),
    el('section', null, el('h4', null, 'Legs at entry'), legTable(structure), facts([
      ['Width', fixed(structure.width)], ['Fees', dollars(structure.fees)],
      ['Slippage vs mid', num(structure.slippage) === null ? null : dollars(structure.slippage)]])),
    ...executions(report, structure),
    opening && el('section', null, el('h3', null, 'Why it was opened: ', link('decision', opening.id)),
      reasons(report, opening)),
    endings.map(ending => el('section', null, el('h3', null, `Why it was ${ending.outcome}, `,
      timeOf(ending.at, day), `: ${words(ending.rule)}, `, link('decision', ending.id)),
    checkTable(list(ending.waterfall)))));
}

/** One trade as a row on a desk and a card on a phone; unfolds. */
function trade(report, structure, most) {
  const profit = profitOf(structure);
  const cell = (name, kind, ...children) => el('span.' + kind, null,
    el('span.label', null, name + ' '), ...children);
  const dates = expiries(structure).filter(Boolean);
  const count = num(structure.quantity) ?? 1;
  const node = el('details.trade', {id: `trade-${structure.id}`}, el('summary', null,
    el('span.id', null, String(structure.id ?? '?')),
    el('span.what', null,
      el('b', null, (count > 1 ? `${count} × ` : '') + sentence(structure.kind)),
      dates.length ? el('span.quiet-text', null, ` exp. ${dates.map(day).join(', ')}`) : null,
      el('span.legs', null, legsWords(structure))),
    cell('Opened', 'opened', timeOf(structure.opened_at, day)),
    cell('Closed', 'closed', structure.closed_at ? timeOf(structure.closed_at, day) : 'open'),
    cell('DTE', 'number', whole(structure.dte_at_entry)),
    cell('Price', 'number', price(structure.entry_price)),
    cell('Worst case', 'number', dollars(structure.worst_case)),
    cell('Exit', 'exit', structure.exit_rule ? words(structure.exit_rule)
      : structure.closed_at ? kAbsent : 'still open'),
    cell('P&L', 'number.pnl', el('b.' + (tone(profit) || 'none'), null, gain(profit)),
      twoSided(profit ?? 0, most))));
  node.addEventListener('toggle', () => {
    if (node.open && node.children.length === 1) node.append(tradeDetails(report, structure));
  });
  return node;
}

const mean = values => (values.length ? sum(values) / values.length : null);

/** What the closed trades made on average, and what had been forecast of them. */
function tradeFacts(report, structures) {
  const closed = structures.filter(s => s.closed_at);
  if (!closed.length) return null;
  const profits = closed.map(profitOf);
  const held = closed.map(s => (seconds(s.closed_at) - seconds(s.opened_at)) / 86400);
  const chosen = new Map(list(report.decisions).map(d => [d.id, d.chosen]));
  const foretold = closed.filter(s => !s.adopted && !s.rolled_from && chosen.get(s.decision));
  const forecast = of => foretold.map(s => of(chosen.get(s.decision), num(s.quantity) ?? 1));
  return facts([
    ['Mean gain', gain(mean(profits.filter(profit => profit > 0)))],
    ['Mean loss', gain(mean(profits.filter(profit => profit < 0)))],
    ['Mean of all', gain(mean(profits))],
    ['Best', gain(Math.max(...profits))], ['Worst', gain(Math.min(...profits))],
    ['Mean time held', `${fixed(mean(held), 1)} days`],
    ['Forecast at entry, if held to expiry', foretold.length ? `${gain(sum(forecast((candidate, units) =>
      units * candidate.expected_value)))}, chance of profit ${percent(mean(forecast(candidate =>
      candidate.probability_of_profit)), 0)}` : null],
    ['What these made', foretold.length ? `${gain(sum(foretold.map(profitOf)))}, with profit `
      + percent(foretold.filter(s => profitOf(s) > 0).length / foretold.length, 0) : null]]);
}

/** Ids that were ordered and never filled: the gaps in the list. */
function unfilled(report) {
  const ids = new Set(list(report.structures).map(s => s.id));
  const gaps = list(report.orders).filter(order => order.purpose === 'open' && !ids.has(order.structure));
  return gaps.length ? el('p.says', null, `${plural(gaps.length, 'opening order')} found no fill: `,
    gaps.flatMap((order, i) => [i ? ', ' : '', `${order.structure} (`, link('decision', order.decision),
      ')']), '.') : null;
}

/** All trades, oldest first. */
function tradeList(report) {
  const structures = list(report.structures);
  const most = Math.max(0, ...structures.map(s => Math.abs(profitOf(s) ?? 0)));
  const box = el('div.trades', null, el('div.heads', {'aria-hidden': 'true'}, ['', 'Structure',
    'Opened', 'Closed', 'DTE', 'Price', 'Worst case', 'Exit', 'P&L'].map(head =>
    el('span', null, head))));
  const next = pages(structures, 100, box, structure => [trade(report, structure, most)]);
  places.trade = id => {
    const find = () => document.getElementById(`trade-${id}`);
    while (!find() && !next.hidden) next.click();
    const node = find();
    if (!node) return;
    node.open = true;
    node.scrollIntoView({block: 'start'});
    node.firstChild.focus({preventScroll: true});
  };
  return [tradeFacts(report, structures), box, next, unfilled(report)];
}
