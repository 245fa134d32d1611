'use strict';
// Charts of curves with uPlot: one for each metric.
(() => {
  const {data, element, number, count, plural, shown, color, variable} = page;
  if (!data.metrics) return;
  const axes = ['step', 'time', 'relative'];
  const state = {axis: axes.indexOf(data.axis) < 0 ? 'step' : data.axis, weight: data.smoothing, log: data.log, zoom: null};

  // Deltas to typed columns; what is no number is told apart by the text that stands for it.
  const sums = (deltas) => { let at = 0; return Float64Array.from(deltas, (delta) => (at += delta)); };
  const special = {nan: NaN, inf: Infinity, '-inf': -Infinity};
  const unpack = (columns) => ({
    step: sums(columns.steps), time: sums(columns.times),
    value: Float64Array.from(columns.values, (value) => (typeof value === 'number' ? value : special[value])), counts: columns.counts || null,
  });
  const xOf = (columns, index, run) => {
    if (state.axis === 'step') return columns.step[index];
    const seconds = columns.time[index] / 1000;
    return state.axis === 'time' ? seconds : seconds - data.runs[run].started / 1000;
  };
  const xText = (x) => (state.axis === 'step' ? count(x) : state.axis === 'time' ? page.moment(x) : page.duration(x));

  // The average that mlo's manual describes: of all points, by the means of stretches where the curve was thinned.
  const smooth = (curve, range) => {
    const from = curve.means || curve.points;
    const xs = [], ys = [];
    let average = 0, weight = 0, before = 0;
    for (let i = 0; i < from.value.length; ++i) {
      if (!Number.isFinite(from.value[i])) continue;
      const x = xOf(from, i, curve.run), many = from.counts ? from.counts[i] : 1;
      const decay = xs.length === 0 ? 0 : state.weight ** (range > 0 ? Math.max(0, x - before) / range * 1000 : 0);
      weight = weight * decay + many;
      average = xs.length === 0 ? from.value[i] : average * (1 - many / weight) + from.value[i] * (many / weight);
      before = x;
      xs.push(x);
      ys.push(average);
    }
    return [xs, ys];
  };

  class Panel {
    constructor(metric) {
      this.metric = metric;
      this.curves = metric.curves.map((curve) => ({run: curve.run, total: curve.total, summary: curve, points: unpack(curve.points),
        means: curve.means ? unpack(curve.means) : null}));
      this.plot = element('div', {className: 'plot'});
      this.plot.setAttribute('role', 'img');
      this.plot.setAttribute('aria-label', `${metric.name}: ${plural(this.curves.length, 'curve', 'curves')}; the values are in the table below`);
      this.note = element('p', {className: 'note'});
      const drawn = this.curves.reduce((sum, curve) => sum + curve.points.value.length, 0);
      const total = this.curves.reduce((sum, curve) => sum + curve.total, 0);
      this.thinned = drawn < total ? `${count(drawn)} of ${plural(total, 'point', 'points')} drawn: of each stretch the first, last, least and greatest. ` : '';
      const odd = ['nan', 'inf', '-inf'].map((name) => [name, this.curves.reduce((sum, curve) => sum + curve.summary[name], 0)]).filter(([, many]) => many > 0);
      this.odd = odd.length ? `No numbers: ${odd.map(([name, many]) => `${count(many)} ${name}`).join(', ')} (× ▲ ▼). ` : '';
      const missing = data.runs.length - this.curves.length;
      this.missing = missing > 0 ? `${plural(missing, 'run has', 'runs have')} no such metric. ` : '';
      this.card = element('section', {className: 'card'}, element('h2', {textContent: metric.name}), this.plot, this.note,
        element('details', {}, element('summary', {textContent: 'values'}), element('div', {className: 'wide'}, page.table(
          ['run', 'last', 'least', 'greatest', 'points', 'drawn', 'nan', 'inf', '-inf'],
          this.curves.map(({run, summary, points, total: many}) => [`${data.runs[run].name} ${data.runs[run].id.slice(0, 8)}`, number(special[summary.last] ?? summary.last),
            number(special[summary.least] ?? summary.least), number(special[summary.greatest] ?? summary.greatest), count(many), count(points.value.length), count(summary.nan),
            count(summary.inf), count(summary['-inf'])])))));
      this.update = page.whenSeen(this.plot, () => this.build());
      page.highlights.push((run) => this.focus(run));
    }

    // What is drawn: columns of x and y (null is a gap) for each curve that is shown.
    prepare() {
      this.lines = [];
      this.left = 0;
      let low = Infinity, high = -Infinity;
      const visible = this.curves.filter((curve) => shown[curve.run]);
      const ready = visible.map((curve) => {
        const xs = Array.from(curve.points.value, (value, index) => xOf(curve.points, index, curve.run));
        for (const x of xs) { low = Math.min(low, x); high = Math.max(high, x); }
        return {curve, xs};
      });
      const range = high - low;
      const put = (value) => Number.isFinite(value) && (!this.log || value > 0);
      this.log = state.log && visible.some((curve) => curve.points.value.some((value) => value > 0 && Number.isFinite(value)));
      for (const {curve, xs} of ready) {
        const ys = Array.from(curve.points.value, (value) => (put(value) ? value : null));
        if (this.log) this.left += curve.points.value.filter((value) => Number.isFinite(value) && value <= 0).length;
        this.lines.push({curve, xs, ys, raw: state.weight > 0, values: curve.points.value});
      }
      if (state.weight > 0) {
        for (const {curve} of ready) {
          const [xs, ys] = smooth(curve, range);
          this.lines.push({curve, xs, ys: ys.map((value) => (put(value) ? value : null)), raw: false, smooth: true});
        }
      }
      this.x = state.zoom || (low <= high ? [low, high] : [0, 1]);
      if (this.x[0] === this.x[1]) this.x = [this.x[0] - 0.5, this.x[1] + 0.5];
      this.y = this.rangeOf();
    }
    rangeOf() {
      let low = Infinity, high = -Infinity;
      for (const {xs, ys} of this.lines) {
        for (let i = 0; i < xs.length; ++i) {
          // A line that enters or leaves the window counts too.
          const inside = xs[i] >= this.x[0] && xs[i] <= this.x[1];
          if (ys[i] === null || !inside) continue;
          low = Math.min(low, ys[i]);
          high = Math.max(high, ys[i]);
        }
      }
      if (low > high) return this.log ? [0.1, 10] : [0, 1];
      if (this.log) return low === high ? [low / 2, high * 2] : [low * (low / high) ** 0.04, high * (high / low) ** 0.04];
      const room = low === high ? Math.abs(low) / 10 || 1 : (high - low) * 0.05;
      return [low - room, high + room];
    }

    build() {
      this.prepare();
      this.chart?.destroy();
      const many = this.lines.length > 20;
      const soft = variable('soft'), grid = variable('grid');
      const axis = {stroke: soft, grid: {stroke: grid, width: 1}, ticks: {stroke: grid, width: 1}, font: '12px system-ui, sans-serif'};
      const series = this.lines.map(({curve, raw, smooth: isSmooth}) => ({
        facets: [{scale: 'x', auto: false}, {scale: 'y', auto: false}], stroke: color(curve.run), alpha: raw ? 0.28 : 1,
        width: raw ? 1 : isSmooth ? 2 : many ? 1.1 : 1.6, paths: uPlot.paths.linear(), points: {show: false},
      }));
      // Charts of this mode have one series at least.
      const none = {facets: [{scale: 'x', auto: false}, {scale: 'y', auto: false}], paths: () => null, points: {show: false}};
      const duration = (_, splits) => splits.map(page.duration);
      const options = {
        mode: 2, width: Math.max(220, this.plot.clientWidth), height: Math.max(260, Math.min(380, Math.round(this.plot.clientWidth * 0.5))),
        legend: {show: false}, series: [{}, ...(series.length ? series : [none])],
        cursor: {points: {show: false}, drag: {x: true, y: false, setScale: false}, focus: {prox: -1}},
        scales: {x: {time: state.axis === 'time', range: () => this.x}, y: {distr: this.log ? 3 : 1, range: () => this.y}},
        padding: [12, 14, 0, 0],
        axes: [{...axis, size: 32, space: state.axis === 'step' ? 70 : 90, ...(state.axis === 'relative' ? {values: duration, incrs: [1e-3, 1e-2, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800,
          3600, 7200, 10800, 21600, 43200, 86400, 172800, 432000, 864000, 8640000]} : {})},
          {...axis, size: (_, texts) => 18 + 7 * Math.max(3, ...(texts || []).map((text) => (text || '').length)),
            values: (_, splits) => splits.map((value) => (value === null ? '' : number(value)))}],
        hooks: {setSelect: [(chart) => this.select(chart)], draw: [(chart) => this.marks(chart)]},
      };
      this.chart = new uPlot(options, [null, ...(series.length ? this.lines.map(({xs, ys}) => [xs, ys]) : [[[], []]])], this.plot);
      this.tip = page.tip(this.chart.over);
      this.chart.over.addEventListener('mousemove', (event) => this.hover(event));
      this.chart.over.addEventListener('mouseleave', () => { this.tip.hide(); page.highlight(null); });
      this.chart.over.addEventListener('dblclick', () => { state.zoom = null; page.changed(); });
      const logs = state.log && !this.log ? 'There is nothing above 0: the scale is linear. '
        : this.left > 0 ? `${plural(this.left, 'drawn value', 'drawn values')} of 0 or less ${this.left === 1 ? 'is' : 'are'} not on a logarithmic scale. ` : '';
      const zoomed = state.zoom ? 'Zoomed: double-click shows all. ' : '';
      this.note.textContent = this.thinned + this.odd + logs + this.missing + zoomed;
      this.plot.dataset.lines = String(this.lines.length);
    }
    select(chart) {
      const {left, width} = chart.select;
      if (width < 4) return;
      state.zoom = [chart.posToVal(left, 'x'), chart.posToVal(left + width, 'x')];
      page.changed();
    }
    // Marks for what is no number, and dots for points that no line reaches.
    marks(chart) {
      const {ctx} = chart, {left, top, width, height} = chart.bbox, ratio = devicePixelRatio;
      ctx.save();
      ctx.beginPath();
      ctx.rect(left - 6 * ratio, top - 6 * ratio, width + 12 * ratio, height + 12 * ratio);
      ctx.clip();
      ctx.font = `${13 * ratio}px system-ui, sans-serif`;
      ctx.textAlign = 'center';
      for (const line of this.lines) {
        if (line.smooth) continue;
        ctx.fillStyle = color(line.curve.run);
        const few = line.xs.length <= 40 && !line.raw;
        for (let i = 0; i < line.xs.length; ++i) {
          if (line.xs[i] < this.x[0] || line.xs[i] > this.x[1]) continue;
          const value = line.values[i];
          const x = chart.valToPos(line.xs[i], 'x', true);
          if (Number.isNaN(value)) ctx.fillText('×', x, top + height - 1 * ratio);
          else if (value === Infinity) ctx.fillText('▲', x, top + 11 * ratio);
          else if (value === -Infinity) ctx.fillText('▼', x, top + height - 1 * ratio);
          else if (line.ys[i] !== null && (few || ((i === 0 || line.ys[i - 1] === null) && (i + 1 === line.xs.length || line.ys[i + 1] === null)))) {
            ctx.beginPath();
            ctx.arc(x, chart.valToPos(value, 'y', true), 2.4 * ratio, 0, 2 * Math.PI);
            ctx.fill();
          }
        }
      }
      ctx.restore();
    }
    // The point nearest to the pointer, of the lines in front.
    nearest(left, top) {
      let best = null, distance = 40 * 40;
      for (const line of this.lines) {
        if (line.raw) continue;
        const at = this.chart.posToVal(left, 'x');
        let low = 0, high = line.xs.length;
        while (low < high) { const middle = (low + high) >> 1; if (line.xs[middle] < at) low = middle + 1; else high = middle; }
        for (let i = Math.max(0, low - 6); i < Math.min(line.xs.length, low + 6); ++i) {
          if (line.ys[i] === null) continue;
          const dx = this.chart.valToPos(line.xs[i], 'x') - left, dy = this.chart.valToPos(line.ys[i], 'y') - top;
          if (dx * dx + dy * dy < distance) { distance = dx * dx + dy * dy; best = {line, index: i}; }
        }
      }
      return best;
    }
    hover(event) {
      const box = this.chart.over.getBoundingClientRect();
      const left = event.clientX - box.left, top = event.clientY - box.top;
      const found = this.nearest(left, top);
      page.highlight(found ? found.line.curve.run : null);
      if (!found) { this.tip.hide(); return; }
      const {line, index} = found;
      const names = {step: 'step', time: 'time', relative: 'since the start'};
      this.tip.show(left, top, line.curve.run, [[line.smooth ? 'smoothed' : this.metric.name, number(line.ys[index])], [names[state.axis], xText(line.xs[index])]]);
    }
    // One line on a canvas of its own before the others, which are veiled: to draw them all again takes too long for a pointer that moves.
    focus(run) {
      if (!this.chart) return;
      const {bbox} = this.chart, base = this.chart.ctx.canvas, ratio = devicePixelRatio;
      if (this.veil?.parentNode !== base.parentNode) {
        this.veil = element('canvas', {className: 'veil'});
        base.after(this.veil);
      }
      const {top, bottom} = base.getBoundingClientRect();
      this.veil.hidden = run === null || this.lines.length < 2 || bottom < 0 || top > innerHeight || !this.lines.some(({curve}) => curve.run === run);
      if (this.veil.hidden) return;
      this.veil.width = base.width;
      this.veil.height = base.height;
      const context = this.veil.getContext('2d');
      context.globalAlpha = 0.8;
      context.fillStyle = variable('card');
      context.fillRect(bbox.left, bbox.top, bbox.width, bbox.height);
      context.beginPath();
      context.rect(bbox.left, bbox.top, bbox.width, bbox.height);
      context.clip();
      context.strokeStyle = color(run);
      context.lineJoin = 'round';
      for (const line of this.lines) {
        if (line.curve.run !== run) continue;
        context.globalAlpha = line.raw ? 0.35 : 1;
        context.lineWidth = (line.raw ? 1 : 2) * ratio;
        context.beginPath();
        let goesOn = false;
        for (let i = 0; i < line.xs.length; ++i) {
          if (line.ys[i] === null) { goesOn = false; continue; }
          const x = this.chart.valToPos(line.xs[i], 'x', true), y = this.chart.valToPos(line.ys[i], 'y', true);
          if (goesOn) context.lineTo(x, y); else context.moveTo(x, y);
          goesOn = true;
        }
        context.stroke();
      }
    }
  }

  const tools = element('div', {className: 'tools'});
  const choice = element('select', {}, ...axes.map((name) => element('option', {value: name, selected: name === state.axis, textContent: {step: 'step', time: 'time', relative: 'time since the start'}[name]})));
  choice.addEventListener('change', () => { state.axis = choice.value; state.zoom = null; page.changed(); });
  // The useful weights crowd near 1: the slider is even in the share that is lost.
  const slider = element('input', {type: 'range', min: 0, max: 100, step: 1});
  const shownWeight = element('output', {});
  const toWeight = (at) => (at === 0 ? 0 : 1 - 10 ** (-at / 33));
  const toSlider = (weight) => Math.round(-Math.log10(1 - weight) * 33);
  const say = () => { shownWeight.textContent = state.weight === 0 ? 'none' : String(+state.weight.toFixed(state.weight > 0.99 ? 4 : 3)); };
  slider.value = toSlider(state.weight);
  slider.addEventListener('input', () => { state.weight = toWeight(Number(slider.value)); say(); page.changed(); });
  say();
  const log = element('input', {type: 'checkbox', checked: state.log});
  log.addEventListener('change', () => { state.log = log.checked; page.changed(); });
  const reset = element('button', {type: 'button', textContent: 'show all', hidden: true});
  reset.addEventListener('click', () => { state.zoom = null; page.changed(); });
  page.listeners.push(() => { reset.hidden = state.zoom === null; });
  tools.append(element('label', {}, 'against', choice), element('label', {}, 'smoothing', slider, shownWeight), element('label', {}, log, 'logarithmic'), reset,
    element('span', {className: 'soft', textContent: 'drag across a chart to zoom'}));

  const panels = data.metrics.map((metric) => new Panel(metric));
  const charts = element('div', {className: panels.length < 2 ? 'charts few' : 'charts'}, ...panels.map((panel) => panel.card));
  document.querySelector('header').after(tools);
  document.querySelector('main').append(charts);
})();
