// Tables and bars: what is not a curve.

/** Fills `box` page by page; returns the button for the next page. */
function pages(rows, page, box, nodes) {
  let shown = 0;
  const next = el('button.next', {type: 'button', onclick: () => grow()});
  const grow = () => {
    box.append(...rows.slice(shown, shown + page).flatMap(nodes));
    shown = Math.min(rows.length, shown + page);
    next.hidden = shown === rows.length;
    next.textContent = `Show more (${whole(shown)} of ${whole(rows.length)} shown)`;
  };
  grow();
  return next;
}

/**
 * A table that scrolls inside its own box and shows long lists page by page.
 * columns: {head, cell(row), kind: 'number', 'wide' or 'bars'}; more(row) gives the row a button that
 * unfolds details. With stack, a phone shows each row as a few lines instead.
 */
function table(label, columns, rows, {page = 100, more = null, stack = false} = {}) {
  const body = el('tbody');
  const span = columns.length + (more ? 1 : 0);
  const line = row => {
    const cells = columns.map((column, i) => {
      const content = column.cell(row) ?? kAbsent;
      return el((i === 0 && !more ? 'th' : 'td') + (column.kind ? '.' + column.kind : '')
        + (content === kAbsent ? '.absent' : ''),
      {scope: i === 0 && !more ? 'row' : null, 'data-head': stack ? column.head : null}, content);
    });
    if (!more) return [el('tr', null, cells)];
    const unfolded = el('tr.unfolded', {hidden: true});
    const button = el('button.fold', {type: 'button', 'aria-expanded': 'false',
      'aria-label': 'Details', onclick: () => {
        if (!unfolded.firstChild) unfolded.append(el('td', {colspan: span}, more(row)));
        unfolded.hidden = !unfolded.hidden;
        button.setAttribute('aria-expanded', String(!unfolded.hidden));
      }});
    return [el('tr', null, el('td.folds', null, button), cells), unfolded];
  };
  const next = pages(rows, page, body, line);
  const head = el('tr', null, more && el('td'), columns.map(column =>
    column.head ? el('th' + (column.kind ? '.' + column.kind : ''), {scope: 'col'}, column.head)
      : el('td')));
  return el('div', null, el('div.scroll', {tabindex: 0, role: 'group', 'aria-label': label},
    el('table' + (stack ? '.stack' : ''), null, el('caption.quiet', null, label), el('thead', null, head), body)), next);
}

/** A bar from the left edge: how much of `most`. */
const bar = (value, most, kind = '') => el('span.bar' + kind, {'aria-hidden': 'true'},
  el('span', {style: {width: `${most > 0 ? Math.min(100, 100 * value / most) : 0}%`}}));

/** A bar from the middle: losses to the left, gains to the right. */
function twoSided(value, most) {
  const share = most > 0 ? 50 * Math.min(1, Math.abs(value) / most) : 0;
  return el('span.bar.both', {'aria-hidden': 'true'}, el('span.' + (tone(value) || 'none'),
    {style: {width: `${share}%`, 'margin-left': `${value < 0 ? 50 - share : 50}%`}}));
}

/** What a gate or rule said, as a sign and a word. */
const kVerdicts = {pass: '\u2713', refuse: '\u2715', skip: '\u2013', hold: '\u00b7', fire: '\u25b6'};
const verdict = value => el('span.verdict', {'data-verdict': value},
  el('span', {'aria-hidden': 'true'}, (kVerdicts[value] ?? '?') + '\u00a0'), words(value));

/** Every gate or rule of one decision, in the order asked; folded when all of them passed. */
function waterfall(checks) {
  if (!checks.length) return null;
  const shown = checkTable(checks);
  return checks.some(check => check.verdict === 'refuse' || check.verdict === 'fire') ? shown
    : el('details', null, el('summary', null, `${plural(checks.length, 'check')}, none against it`),
      shown);
}

const checkTable = checks => table('Gates and rules, in order', [
  {head: 'Check', cell: check => words(check.gate ?? check.rule)},
  {head: 'Verdict', cell: check => verdict(check.verdict)},
  {head: 'Measured', kind: 'number', cell: check => measure(check.measured, check.unit)},
  {head: 'Limit', kind: 'number', cell: check => measure(check.limit, check.unit)},
  {head: 'Distance', kind: 'number', cell: check => measure(check.distance, check.unit, true)},
  {head: 'Unit', cell: check => check.unit || kAbsent},
  {head: 'Detail', kind: 'wide', cell: check => plain(check.detail) || kAbsent},
], checks, {stack: true});
