// Curves, drawn by uPlot; colours come from the style sheet, so they follow light, dark and print.

const charts = new Set();
const kRoom = 56;  // of an axis at the right
const colour = name => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();

/** Labels of a time axis, as fine as its steps. */
function timeLabels(plot, splits, axis, space, step) {
  const format = step < 86400 ? kFormats.time : step < 28 * 86400 ? kFormats.dayMonth
    : kFormats.monthYear;
  return splits.map(at => format.format(new Date(at * 1000)));
}

/**
 * One figure: a line of values that follows the cursor, and the curves below it.
 * series: {label, values, colour, dash, width, fill, points, scale, form(value)}; x in seconds or,
 * with time false, in points of the underlying. draw(plot) paints on top, under(plot) below; room
 * is left free at the right, where the figure above has a second axis.
 * Without a cursor the line shows the values at index `rest`, else the last. The arrow keys move the
 * cursor of a focused figure.
 */
function figure({label, x, series, time = true, height = 220, form = brief, axisForm, range, sync,
                 draw, under, note, xForm, rest, room = 0}) {
  const readout = el('div.readout');
  const host = el('div.chart', {tabindex: 0, role: 'img', 'aria-label': `${label}. Left and right `
    + 'arrow keys read the values.', onkeydown: event => step(event),
  onfocus: () => readout.setAttribute('aria-live', 'polite'),
  onblur: () => readout.removeAttribute('aria-live')});
  const shown = series.filter(s => s.values.some(v => v !== null));
  if (x.length === 0 || shown.length === 0) return null;
  const format = (at, form) => kFormats[form].format(new Date(at * 1000));
  const daily = new Set(x.map(at => format(at, 'day'))).size === x.length;
  const name = xForm ?? (at => format(at, 'day') + (daily ? '' : `, ${format(at, 'time')}`));

  const read = index => {
    const at = index ?? rest ?? x.length - 1;
    readout.replaceChildren(el('b', null, name(x[at])), ...shown.filter(s => !s.silent).map(s =>
      el('span.item', null, el('i', {'aria-hidden': 'true', 'data-dash': s.dash ? '' : null,
        style: {'border-color': `var(--${s.colour})`}}), `${s.label}\u00a0`,
      el('b', null, (s.form ?? form)(s.values[at])))), note?.(at) || '');
  };
  const axis = {stroke: () => colour('muted'), font: '11px system-ui, sans-serif',
    grid: {stroke: () => colour('line'), width: 1}, ticks: {show: false}};
  const other = shown.find(s => s.scale && s.scale !== 'y');
  // Wide enough for its longest label, and figures above each other start alike.
  const wide = (plot, labels) => Math.max(62, 14 + 6.3 * Math.max(0, ...list(labels).map(label =>
    label.length)));
  const build = () => {
    const plot = new uPlot({
      width: Math.max(240, host.clientWidth), height, legend: {show: false},
      tzDate: at => uPlot.tzDate(new Date(at * 1000), kZone),
      padding: [8, other ? 0 : Math.max(room, 26), 0, 0],
      scales: {x: {time}, y: range ? {range} : {}},
      cursor: {sync: sync ? {key: sync} : undefined, y: false, points: {size: 7},
        drag: {x: time, y: false}},
      series: [{}, ...shown.map(s => ({label: s.label, scale: s.scale ?? 'y',
        stroke: () => colour(s.colour), width: s.width ?? 1.75, dash: s.dash,
        fill: s.fill ? () => colour(s.fill) : undefined, fillTo: s.fillTo, pxAlign: time ? 1 : 0,
        points: {show: x.length === 1 || Boolean(s.points), size: 4}, spanGaps: true}))],
      axes: [{...axis, size: 28, space: 70, values: time ? timeLabels
        : (plot, splits) => splits.map(v => fixed(v, 0))},
      {...axis, size: wide, values: (plot, splits) => splits.map(axisForm ?? form)},
      ...(other ? [{...axis, scale: other.scale, side: 1, size: kRoom, grid: {show: false},
        values: (plot, splits) => splits.map(v => fixed(v, 0))}] : [])],
      hooks: {setCursor: [plot => read(plot.cursor.idx)], draw: draw ? [draw] : [],
        drawClear: under ? [under] : []},
    }, [x, ...shown.map(s => s.values)], host);
    host.plot = plot;
    charts.add(host);
    new ResizeObserver(() => fitTo(host)).observe(host);
  };
  const step = event => {
    const move = {ArrowLeft: -1, ArrowRight: 1, Home: -x.length, End: x.length}[event.key];
    if (!move || !host.plot) return;
    event.preventDefault();
    const from = host.plot.cursor.idx ?? (move > 0 ? -1 : x.length);
    const to = Math.max(0, Math.min(x.length - 1, from + move));
    host.plot.setCursor({left: host.plot.valToPos(x[to], 'x'), top: height / 3});
  };
  read(null);
  // uPlot measures its host, so it starts once the host stands in the page.
  requestAnimationFrame(build);
  return el('div.figure', null, readout, host);
}

/** The plot as wide as its box. */
function fitTo(host) {
  const width = host.clientWidth;
  if (width > 0 && Math.abs(width - host.plot.width) > 1) {
    host.plot.setSize({width, height: host.plot.height});
  }
}

/** Repaints every curve: the colours of the style sheet have changed. */
function repaint() {
  for (const host of charts) {
    if (!host.isConnected) { charts.delete(host); continue; }
    host.plot.redraw(false);
  }
}

/** A straight line across the plot at a value of the axis `scale`. */
function ruleAt(plot, scale, value, tint, dash = []) {
  const {ctx, bbox} = plot;
  const at = Math.round(plot.valToPos(value, scale, true));
  const along = scale === 'x';
  if (along ? at < bbox.left || at > bbox.left + bbox.width
    : at < bbox.top || at > bbox.top + bbox.height) return;
  ctx.save();
  ctx.strokeStyle = colour(tint);
  ctx.lineWidth = uPlot.pxRatio;
  ctx.setLineDash(dash.map(length => length * uPlot.pxRatio));
  ctx.beginPath();
  ctx.moveTo(along ? at : bbox.left, along ? bbox.top : at);
  ctx.lineTo(along ? at : bbox.left + bbox.width, along ? bbox.top + bbox.height : at);
  ctx.stroke();
  ctx.restore();
}

/** A small text in the plot; kept inside its edges. */
function write(plot, text, left, top, tint, align = 'center') {
  const {ctx, bbox} = plot;
  ctx.save();
  ctx.font = `${11 * uPlot.pxRatio}px system-ui, sans-serif`;
  ctx.fillStyle = colour(tint);
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  const width = ctx.measureText(text).width;
  const from = left - (align === 'center' ? width / 2 : align === 'right' ? width : 0);
  ctx.fillText(text, Math.max(bbox.left + 2, Math.min(bbox.left + bbox.width - width - 2, from)), top);
  ctx.restore();
}

/** A mark whose shape, not only its colour, says what it is: up (opened), dot (gain), gem (loss). */
function mark(plot, shape, left, top) {
  const {ctx} = plot;
  const r = 5 * uPlot.pxRatio;
  ctx.save();
  ctx.lineWidth = 1.5 * uPlot.pxRatio;
  ctx.strokeStyle = colour('card');
  ctx.fillStyle = colour(shape === 'up' ? 'ink' : shape === 'dot' ? 'blue' : 'orange');
  ctx.beginPath();
  if (shape === 'dot') ctx.arc(left, top, r * 0.9, 0, 2 * Math.PI);
  const corners = {up: [[0, -1], [0.95, 0.8], [-0.95, 0.8]], gem: [[0, -1.1], [1.1, 0], [0, 1.1],
    [-1.1, 0]]}[shape] ?? [];
  corners.forEach(([dx, dy], i) => (i ? ctx.lineTo : ctx.moveTo).call(ctx, left + dx * r, top + dy * r));
  ctx.closePath();
  ctx.fill();
  ctx.stroke();
  ctx.restore();
}
