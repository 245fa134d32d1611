'use strict';
// A point for each run, with uPlot.
(() => {
  const {data, element, number, count, plural, shown, variable} = page;
  if (!data.scatter) return;
  const {x, y} = data.scatter;
  const state = {xlog: data.scatter.xlog, ylog: data.scatter.ylog, focused: null};
  const isNumber = (cell) => typeof cell === 'number';
  const have = data.runs.map((_, run) => isNumber(x.cells[run]) && isNumber(y.cells[run]));
  const left = have.filter((each) => !each).length;

  const plot = element('div', {className: 'plot'});
  const note = element('p', {className: 'note'});
  const cell = (value) => (value === null ? '' : typeof value === 'object' ? value.f : isNumber(value) ? number(value) : value);
  const card = element('section', {className: 'card'}, element('h2', {textContent: `${y.title} by ${x.title}`}), plot, note,
    element('details', {}, element('summary', {textContent: 'values'}), element('div', {className: 'wide'},
      page.table(['run', x.title, y.title], data.runs.map((run, index) => [`${run.name} ${run.id.slice(0, 8)}`, cell(x.cells[index]), cell(y.cells[index])])))));
  plot.setAttribute('role', 'img');
  plot.setAttribute('aria-label', `${y.title} by ${x.title} of ${plural(data.runs.length, 'run', 'runs')}; the values are in the table below`);

  let chart = null, drawn = [], tip = null;
  const range = (cells, log) => {
    let low = Infinity, high = -Infinity;
    for (const run of drawn) { low = Math.min(low, cells[run]); high = Math.max(high, cells[run]); }
    if (low > high) return log ? [0.1, 10] : [0, 1];
    if (log) return low === high ? [low / 2, high * 2] : [low * (low / high) ** 0.06, high * (high / low) ** 0.06];
    const room = low === high ? Math.abs(low) / 10 || 1 : (high - low) * 0.06;
    return [low - room, high + room];
  };
  const paint = () => {
    const {ctx} = chart, ratio = devicePixelRatio;
    ctx.save();
    for (const run of drawn) {
      const strong = state.focused === run;
      ctx.globalAlpha = state.focused === null || strong ? 0.8 : 0.25;
      ctx.fillStyle = variable('accent');
      ctx.beginPath();
      ctx.arc(chart.valToPos(x.cells[run], 'x', true), chart.valToPos(y.cells[run], 'y', true), (strong ? 6.5 : 4.5) * ratio, 0, 2 * Math.PI);
      ctx.fill();
      ctx.globalAlpha = 1;
      ctx.lineWidth = ratio;
      ctx.strokeStyle = variable('card');
      ctx.stroke();
    }
    ctx.restore();
  };
  const build = () => {
    chart?.destroy();
    const fits = (run) => shown[run] && have[run] && (!state.xlog || x.cells[run] > 0) && (!state.ylog || y.cells[run] > 0);
    drawn = data.runs.map((_, run) => run).filter(fits);
    const below = data.runs.filter((_, run) => shown[run] && have[run]).length - drawn.length;
    const xr = range(x.cells, state.xlog), yr = range(y.cells, state.ylog);
    const soft = variable('soft'), grid = variable('grid');
    const values = (_, splits) => splits.map((value) => (value === null ? '' : number(value)));
    const axis = {stroke: soft, grid: {stroke: grid, width: 1}, ticks: {stroke: grid, width: 1}, font: '12px system-ui, sans-serif', values};
    chart = new uPlot({
      mode: 2, width: Math.max(220, plot.clientWidth), height: Math.max(280, Math.min(560, Math.round(plot.clientWidth * 0.6))), legend: {show: false},
      series: [{}, {facets: [{scale: 'x', auto: false}, {scale: 'y', auto: false}], paths: () => null, points: {show: false}}],
      cursor: {points: {show: false}, drag: {x: false, y: false}, focus: {prox: -1}},
      scales: {x: {time: false, distr: state.xlog ? 3 : 1, range: () => xr}, y: {distr: state.ylog ? 3 : 1, range: () => yr}},
      padding: [12, 14, 0, 0],
      axes: [{...axis, size: 32, label: x.title, labelFont: '13px system-ui, sans-serif', labelSize: 22},
        {...axis, label: y.title, labelFont: '13px system-ui, sans-serif', labelSize: 22,
          size: (_, texts) => 18 + 7 * Math.max(3, ...(texts || []).map((text) => (text || '').length))}],
      hooks: {draw: [(made) => { chart = made; paint(); }]},
    }, [null, [drawn.map((run) => x.cells[run]), drawn.map((run) => y.cells[run])]], plot);
    tip = page.tip(chart.over);
    chart.over.addEventListener('mousemove', (event) => {
      const box = chart.over.getBoundingClientRect(), px = event.clientX - box.left, py = event.clientY - box.top;
      let best = null, distance = 30 * 30;
      for (const run of drawn) {
        const dx = chart.valToPos(x.cells[run], 'x') - px, dy = chart.valToPos(y.cells[run], 'y') - py;
        if (dx * dx + dy * dy < distance) { distance = dx * dx + dy * dy; best = run; }
      }
      page.highlight(best);
      if (best === null) tip.hide();
      else tip.show(px, py, best, [[x.title, number(x.cells[best])], [y.title, number(y.cells[best])]]);
    });
    chart.over.addEventListener('mouseleave', () => { tip.hide(); page.highlight(null); });
    note.textContent = `${count(drawn.length)} of ${plural(data.runs.length, 'run', 'runs')} drawn. ` +
      (left > 0 ? `${plural(left, 'run lacks', 'runs lack')} one of the two, or it is no finite number. ` : '') +
      (below > 0 ? `${plural(below, 'run has', 'runs have')} 0 or less, which a logarithmic scale does not show. ` : '');
    plot.dataset.points = String(drawn.length);
  };
  page.whenSeen(plot, build);
  page.highlights.push((run) => { state.focused = run; chart?.redraw(false); });

  const toggle = (text, key) => {
    const box = element('input', {type: 'checkbox', checked: state[key]});
    box.addEventListener('change', () => { state[key] = box.checked; page.changed(); });
    return element('label', {}, box, text);
  };
  document.querySelector('header').after(element('div', {className: 'tools'}, toggle('logarithmic across', 'xlog'), toggle('logarithmic upwards', 'ylog')));
  document.querySelector('main').append(element('div', {className: 'charts few'}, card));
})();
