// What the bot did not do, and why: refusals by gate, day by day, and every decision.

const stoppedBy = decision => list(decision.waterfall).find(check => check.verdict === 'refuse');
const firedBy = decision => list(decision.waterfall).find(check => check.verdict === 'fire');
const newYorkDay = decision => stamp(decision.at, 'day');

/** The last word of every session: opened if anything was opened, else the last refusal. */
function byDay(decisions) {
  const days = new Map();
  for (const decision of decisions) {
    const name = newYorkDay(decision);
    if (days.get(name)?.outcome !== 'opened') days.set(name, decision);
  }
  return [...days.values()];
}

/**
 * One line a gate, in the order of the gates: how often it was the first to refuse, and on which
 * days it had the last word; then the days that opened something and those without data, so that
 * every session is accounted for. pick(gate) is called when a line is chosen.
 */
function refusals(decisions, missing, pick) {
  const entriesOnly = decisions.filter(decision => decision.kind === 'entry');
  const order = [...new Set(entriesOnly.flatMap(d => list(d.waterfall).map(check => check.gate)))];
  const counts = new Map();
  for (const decision of entriesOnly) {
    const gate = decision.outcome === 'opened' ? null : stoppedBy(decision)?.gate ?? 'other';
    if (gate) counts.set(gate, (counts.get(gate) ?? 0) + 1);
  }
  if (!entriesOnly.length) return null;
  const days = [...byDay(entriesOnly), ...missing.map(date => ({at: date, missing: true}))]
    .sort((a, b) => seconds(a.at) - seconds(b.at));
  const gates = [...counts.keys()].sort((a, b) => order.indexOf(a) - order.indexOf(b));
  const opened = entriesOnly.filter(decision => decision.outcome === 'opened').length;
  const most = Math.max(1, opened, ...counts.values());
  const strip = belongs => {
    const hits = days.map((d, i) => [d, i]).filter(([d]) => belongs(d));
    return [hits.length, el('span.strip', {'aria-hidden': 'true'}, hits.map(([d, i]) => el('i', {
      title: `${newYorkDay(d)}: ${d.missing ? 'no data' : plain(stoppedBy(d)?.detail)
        || words(d.outcome)}`,
      style: {left: `${100 * i / days.length}%`, width: `${100 / days.length}%`}})))];
  };
  const line = (gate, count, belongs, kind) => {
    const [held, ticks] = strip(belongs);
    return el('button.gate' + kind, {type: 'button', onclick: () => pick(gate)},
      el('span', null, words(gate)), bar(count, most), el('span.number', null, whole(count)),
      el('span.quiet', null, ` decisions, the last word on ${plural(held, 'day')}; list them`), ticks);
  };
  return el('div.gates', null,
    el('div.heads', {'aria-hidden': 'true'}, el('span', null, 'Gate'), el('span', null,
      'First to refuse'), el('span'), el('span.ends', null, el('span', null, day(days[0].at)),
      el('span', null, day(days.at(-1).at)))),
    gates.map(gate => line(gate, counts.get(gate), d => !d.missing && d.outcome !== 'opened'
      && (stoppedBy(d)?.gate ?? 'other') === gate, '')),
    line('opened', opened, d => d.outcome === 'opened', '.opened'),
    missing.length ? el('div.gate', null, el('span', null, 'no data'), bar(missing.length, most),
      el('span.number', null, whole(missing.length)), strip(d => d.missing)[1]) : null);
}

/** Every decision, filtered by kind, outcome and a word. Returns the box and a way to filter it. */
function decisionTable(report) {
  const decisions = list(report.decisions);
  const daily = new Set(decisions.map(d => d.at)).size === new Set(decisions.map(newYorkDay)).size;
  const judged = decision => stoppedBy(decision) ?? firedBy(decision);
  const traded = new Set(list(report.structures).map(structure => structure.id));
  const box = el('div');
  const option = (value, label) => el('option', {value}, label);
  const outcomes = [...new Set(decisions.map(decision => decision.outcome))];
  const kind = el('select', {'aria-label': 'Kind', onchange: () => show()},
    option('', 'Entries and exits'), option('entry', 'Entries'), option('exit', 'Exits'));
  const outcome = el('select', {'aria-label': 'Outcome', onchange: () => show()},
    option('', 'Every outcome'), outcomes.map(value => option(value, sentence(value))));
  const word = el('input', {type: 'search', placeholder: 'Gate, rule, day or detail', 'aria-label':
    'Search decisions', oninput: () => show()});
  const count = el('span.quiet-text', {role: 'status'});
  const detail = d => plain(judged(d)?.detail) || (d.outcome === 'opened' && d.chosen
    ? `${words(d.chosen.kind)} ${legsWords(d.chosen)}, score ${fixed(d.chosen.score?.total, 1)}, `
      + `expected value ${gain(d.chosen.expected_value)} a unit` : '');
  const text = decision => [judged(decision)?.gate, judged(decision)?.rule, detail(decision),
    moment(decision.at), decision.outcome, decision.structure, decision.id].join(' ').replaceAll('_', ' ')
    .toLowerCase();
  // The name of a gate or rule alone means that one, wherever else the word may stand.
  const nameOf = decision => words(judged(decision)?.gate ?? judged(decision)?.rule ?? '');
  const names = new Set(decisions.map(nameOf));
  const show = () => {
    const wanted = word.value.trim().toLowerCase();
    const found = names.has(wanted) ? decision => nameOf(decision) === wanted
      : decision => text(decision).includes(wanted);
    const rows = decisions.filter(decision => (!kind.value || decision.kind === kind.value)
      && (!outcome.value || decision.outcome === outcome.value)
      && (!wanted || found(decision)));
    count.textContent = plural(rows.length, 'decision');
    const trade = d => (d.structure && traded.has(d.structure) ? link('trade', d.structure) : null);
    const mixed = rows.some(d => d.kind !== 'entry');
    box.replaceChildren(table('Decisions', [
      {head: 'Id', cell: d => d.id},
      {head: 'At', cell: d => timeOf(d.at, daily ? day : moment)},
      ...(mixed ? [{head: 'Kind', cell: d => d.kind}] : []),
      {head: 'Outcome', cell: d => el('span.outcome', {'data-outcome': d.outcome},
        words(d.outcome))},
      {head: 'Decided by', cell: d => nameOf(d) || words(d.rule) || kAbsent},
      {head: 'Measured', kind: 'number', cell: d => measure(judged(d)?.measured, judged(d)?.unit)},
      {head: 'Limit', kind: 'number', cell: d => measure(judged(d)?.limit, judged(d)?.unit)},
      {head: 'Distance', kind: 'number', cell: d => measure(judged(d)?.distance, judged(d)?.unit, true)},
      {head: 'Unit', cell: d => judged(d)?.unit || kAbsent},
      {head: 'Detail', kind: 'wide', cell: d => (trade(d) ? el('span', null, trade(d), ' ', detail(d))
        : detail(d) || kAbsent)},
    ], rows, {page: 25, more: decision => reasons(report, decision), stack: true}));
  };
  kind.value = decisions.some(decision => decision.kind === 'entry') ? 'entry' : '';
  show();
  const pick = gate => {
    kind.value = 'entry';
    outcome.value = gate === 'opened' ? 'opened' : '';
    word.value = gate === 'opened' ? '' : words(gate);
    show();
    box.parentNode.scrollIntoView({block: 'start'});
  };
  places.decision = id => {
    [kind.value, outcome.value, word.value] = ['', '', id];
    show();
    box.querySelector('.fold')?.click();
    box.parentNode.scrollIntoView({block: 'start'});
  };
  return [el('div', null, el('div.filters', null, kind, outcome, word, count), box), pick];
}
