// Values into words, and words into elements. Data enters the page as text nodes only.

/** The number in a JSON number or decimal string; null for anything else. */
function num(value) {
  if (typeof value === 'string' ? value.trim() === '' : typeof value !== 'number') return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

const list = value => (Array.isArray(value) ? value : []);
const entries = value => (value && typeof value === 'object' ? Object.entries(value) : []);
const sum = values => values.reduce((total, value) => total + (num(value) ?? 0), 0);
const kAbsent = '\u2013';

/** Absolute value by `form`, with a true minus; and a plus where the sign is the message. */
function signed(value, form, plus) {
  const number = num(value);
  if (number === null) return kAbsent;
  const text = form(Math.abs(number));
  const zero = !/[1-9]/.test(text);
  return (zero ? '' : number < 0 ? '\u2212' : plus ? '+' : '') + text;
}

const kGrouped = [0, 1, 2, 3, 4].map(digits => new Intl.NumberFormat('en-US',
  {minimumFractionDigits: digits, maximumFractionDigits: digits}));
const fixed = (value, digits = 2, plus = false) =>
  signed(value, n => kGrouped[digits].format(n), plus);
const whole = value => fixed(value, 0);
const dollars = (value, plus = false, digits = 2) =>
  signed(value, n => '$' + kGrouped[digits].format(n), plus);
const gain = value => dollars(value, true);
const percent = (fraction, digits = 1, plus = false) =>
  signed(fraction, n => kGrouped[digits].format(n * 100) + '\u00a0%', plus);

/** At most four significant digits and no trailing zeros: for measures of any size. */
const brief = (value, plus = false) => signed(value, n => (n >= 1000 ? kGrouped[0].format(n)
  : String(Number(n.toPrecision(4)))), plus);

/** A measure of a gate or rule in its own unit. */
function measure(value, unit = '', plus = false) {
  if (num(value) === null) return kAbsent;
  if (unit === 'yes/no' && !plus) return value ? 'yes' : 'no';
  return /^dollars/.test(unit) ? dollars(value, plus) : brief(value, plus);
}

/** A price per unit: what we receive is a credit, what we pay a debit. */
const price = value => (num(value) === null ? kAbsent
  : `${fixed(Math.abs(value))} ${num(value) < 0 ? 'debit' : 'credit'}`);

/** "put_credit_spread" as a person writes it. */
const words = value => String(value ?? '').replaceAll('_', ' ');
const sentence = value => words(value).replace(/^./, first => first.toUpperCase());
const plural = (count, one, many = one + 's') => `${whole(count)} ${count === 1 ? one : many}`;
const tone = value => (num(value) > 0 ? 'gain' : num(value) < 0 ? 'loss' : '');

const kZone = 'America/New_York';
const clock = options => new Intl.DateTimeFormat('en-GB', {timeZone: kZone, ...options});
const kFormats = {
  day: clock({day: 'numeric', month: 'short', year: 'numeric'}),
  dayMonth: clock({day: 'numeric', month: 'short'}),
  monthYear: clock({month: 'short', year: 'numeric'}),
  time: clock({hour: '2-digit', minute: '2-digit'}),
};

/** Seconds since 1970 of an ISO time. A bare date means noon UTC: the same day in New York. */
function seconds(iso) {
  const text = String(iso ?? '');
  const at = Date.parse(text.length === 10 ? text + 'T12:00:00Z' : text);
  return Number.isNaN(at) ? null : at / 1000;
}

const stamp = (iso, format) => {
  const at = seconds(iso);
  return at === null ? kAbsent : kFormats[format].format(new Date(at * 1000));
};
const day = iso => stamp(iso, 'day');
const moment = iso => (seconds(iso) === null ? kAbsent : `${day(iso)}, ${stamp(iso, 'time')}`);

/** An element: "tag.class.class", properties (null leaves one out), children as text or nodes. */
function el(name, props, ...children) {
  const [tag, ...classes] = name.split('.');
  const node = document.createElement(tag);
  if (classes.length) node.className = classes.join(' ');
  for (const [key, value] of entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (key === 'style') for (const [k, v] of entries(value)) node.style.setProperty(k, v);
    else node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.flat().filter(child => child !== null && child !== undefined
    && child !== false));
  return node;
}

/** A moment that machines can read too. */
const timeOf = (iso, form = moment) => (seconds(iso) === null ? kAbsent
  : el('time', {datetime: iso, title: iso}, form(iso)));

/** Where the parts of the page are that a link can show: kind to function(id); set by draw(). */
const places = {};
const link = (kind, id) => (id ? el('a', {href: `#${kind}-${id}`, onclick: event => {
  event.preventDefault();
  places[kind]?.(id);
}}, String(id)) : kAbsent);

/** Text of the engine with its names, UTC times and dates as the rest of the page writes them. */
const plain = text => words(text)
  .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, moment).replace(/\b\d{4}-\d\d-\d\d\b/g, day);

/** Terms and values side by side; absent values are left out. */
function facts(pairs) {
  const shown = pairs.filter(([, value]) => value !== null && value !== undefined
    && value !== kAbsent && value !== '');
  return shown.length ? el('dl.facts', null, shown.map(([term, value, kind]) =>
    el('div', null, el('dt', null, term), el('dd' + (kind ? '.' + kind : ''), null, value)))) : null;
}
