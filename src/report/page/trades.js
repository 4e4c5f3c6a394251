// One structure: its legs in words, its payoff, its path, and why it was opened.

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
const price = value => (num(value) === null ? kAbsent
  : `${fixed(value, 2, true)} ${num(value) < 0 ? 'debit' : 'credit'}`);

/**
 * Profit at expiry by spot, in dollars for all contracts, before fees; null where legs expire on
 * different days. Straight between strikes, so break-evens are exact.
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
  const inside = spot === null ? strikes : [...strikes, spot];
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
  const x = [...new Set([...grid, ...knots, ...breakEvens])].sort((a, b) => a - b);
  const y = x.map(value => (breakEvens.includes(value) ? 0 : at(value)));
  const shorts = legs.filter(leg => holds(leg) < 0).map(strike);
  const rest = spot === null ? null : x.findIndex(value => value >= spot);
  return {x, y, breakEvens, shorts, spot, rest};
}

/** The payoff as a figure: gains and losses tinted, short strikes dashed, break-evens marked. */
function payoffFigure(structure) {
  const curve = payoff(structure);
  if (!curve) return el('p.quiet', null, 'No payoff: legs without one common expiry.');
  const {x, y, breakEvens, shorts, spot, rest} = curve;
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
      if (spot !== null) ruleAt(plot, 'x', spot, 'blue');
      for (const value of breakEvens) {
        mark(plot, 'gem', plot.valToPos(value, 'x', true), plot.valToPos(0, 'y', true));
      }
    },
  }), facts([['Spot at entry', spot === null ? null : short(spot), 'line'],
    ['Short strikes', shorts.map(v => short(v) + far(v)).join(', '), 'dashes'],
    ['Break-evens', breakEvens.map(v => fixed(v, 2) + far(v)).join(', '), 'gems'],
    ['Most to gain', `${gain(Math.max(...y))} before fees`]]));
}

/** UPL and the underlying at every snapshot it was held, and the rule that ended it. */
function pathFigure(structure) {
  const path = list(structure.path).filter(step => seconds(step.at) !== null);
  if (!path.length) return null;
  const rows = table('Every mark of this structure', [
    {head: 'At', cell: step => timeOf(step.at)},
    {head: 'Spot', kind: 'number', cell: step => fixed(step.spot)},
    {head: 'Mid to close', kind: 'number', cell: step => fixed(step.mid, 2, true)},
    {head: 'UPL', kind: 'number', cell: step => percent(step.upl, 1, true)},
    {head: 'P&L', kind: 'number', cell: step => gain(step.net_pnl)}], path, {page: 60});
  const end = structure.exit_rule ? `; ended by ${words(structure.exit_rule)}` : '; still open';
  return el('section', null, el('h4', null, `Path: ${plural(path.length, 'mark')}${end}`), figure({
    label: 'Unrealised profit and the underlying while held', height: 200,
    x: path.map(step => seconds(step.at)), form: v => percent(v, 0, true),
    series: [
      {label: 'Spot (right)', values: path.map(step => num(step.spot)), colour: 'muted', scale: 'spot',
        dash: [3, 3], form: v => fixed(v, 2)},
      {label: 'UPL', values: path.map(step => num(step.upl)), colour: 'blue', width: 2,
        points: path.length < 40, form: v => percent(v, 1, true)}],
    under: plot => ruleAt(plot, 'y', 0, 'muted'),
  }), el('details', null, el('summary', null, 'Marks as a table'), rows));
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

/** Everything about one structure, built when it is unfolded. */
function tradeDetails(report, structure) {
  const decision = list(report.decisions).find(d => String(d.id) === String(structure.decision));
  return el('div.inside', null,
    el('div.halves', null, payoffFigure(structure), pathFigure(structure)),
    el('section', null, el('h4', null, 'Legs at entry'), legTable(structure), facts([
      ['Width', fixed(structure.width)], ['Fees', dollars(structure.fees)],
      ['Slippage vs mid', num(structure.slippage) === null ? null : dollars(structure.slippage)],
      ['Rolled from', structure.rolled_from ? `#${structure.rolled_from}` : null],
      ['Rolled to', structure.rolled_to ? `#${structure.rolled_to}` : null]])),
    decision && el('section', null, el('h3', null, 'Why it was opened'), reasons(report, decision)));
}

/** One trade as a row on a desk and a card on a phone; unfolds. */
function trade(report, structure, most) {
  const profit = profitOf(structure);
  const cell = (name, kind, ...children) => el('span.' + kind, null,
    el('span.label', null, name + ' '), ...children);
  const dates = expiries(structure).filter(Boolean);
  const count = num(structure.quantity) ?? 1;
  const node = el('details.trade', {id: `trade-${structure.id}`}, el('summary', null,
    el('span.id', null, `#${structure.id ?? '?'}`),
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

/** All trades, oldest first. */
function tradeList(report) {
  const structures = list(report.structures);
  const most = Math.max(0, ...structures.map(s => Math.abs(profitOf(s) ?? 0)));
  const box = el('div.trades', null, el('div.heads', {'aria-hidden': 'true'}, ['', 'Structure',
    'Opened', 'Closed', 'DTE', 'Price', 'Worst case', 'Exit', 'P&L'].map(head =>
    el('span', null, head))));
  return [box, pages(structures, 100, box, structure => [trade(report, structure, most)])];
}
