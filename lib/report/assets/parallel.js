'use strict';
// A line for each run across axes side by side, on a canvas. The last axis gives the colour; dragging along an axis selects runs.
(() => {
  const {data, element, number, count, plural, shown, variable} = page;
  if (!data.parallel) return;
  const isNumber = (cell) => typeof cell === 'number';
  const text = (cell) => (cell === null ? 'none' : typeof cell === 'object' ? cell.f : isNumber(cell) ? number(cell) : cell);

  // An axis of numbers, or of the texts that there are; what does not fit on it stands below: nothing, nan, inf.
  const axes = data.parallel.map(({title, cells}) => {
    const present = cells.filter((cell) => cell !== null);
    const isNumeric = present.every((cell) => isNumber(cell) || typeof cell === 'object');
    const odd = [...new Set(cells.filter((cell) => cell === null || typeof cell === 'object').map(text))];
    const texts = isNumeric ? [] : [...new Set(present.map(text))].sort((a, b) => a.localeCompare(b, 'en', {numeric: true}));
    const numbers = cells.filter(isNumber);
    const low = Math.min(...numbers), high = Math.max(...numbers);
    return {title, cells, isNumeric, odd, texts, low, high, log: false, selection: null,
      mayLog: isNumeric && numbers.length > 0 && low > 0 && high / low > 50};
  });
  for (const axis of axes) axis.log = axis.mayLog;

  const plot = element('div', {className: 'plot'});
  const canvas = element('canvas', {});
  plot.append(canvas);
  const note = element('p', {className: 'note'});
  const tip = page.tip(plot);
  const body = element('div', {className: 'wide'});
  plot.setAttribute('role', 'img');
  plot.setAttribute('aria-label', `${axes.map(({title}) => title).join(', ')} of ${plural(data.runs.length, 'run', 'runs')}; the values are in the table below`);
  const card = element('section', {className: 'card'}, element('h2', {textContent: axes.map(({title}) => title).join(' · ')}), plot, note,
    element('details', {}, element('summary', {textContent: 'values of the selected runs'}), body));

  const size = {width: 0, height: 430, top: 46, bottom: 54, left: 60, right: 70};
  const foot = () => size.height - size.bottom;
  const xOf = (index) => size.left + (axes.length < 2 ? 0.5 : index / (axes.length - 1)) * (size.width - size.left - size.right);
  const share = (axis, value) => {
    if (axis.low === axis.high) return 0.5;
    return axis.log ? Math.log(value / axis.low) / Math.log(axis.high / axis.low) : (value / 2 - axis.low / 2) / (axis.high / 2 - axis.low / 2);
  };
  const yOf = (axis, cell) => {
    if (axis.isNumeric ? !isNumber(cell) : cell === null || typeof cell === 'object') return foot() + 22;
    if (!axis.isNumeric) return axis.texts.length < 2 ? (size.top + foot()) / 2 : foot() - axis.texts.indexOf(text(cell)) / (axis.texts.length - 1) * (foot() - size.top);
    return foot() - share(axis, cell) * (foot() - size.top);
  };
  const isSelected = (run) => shown[run] && axes.every((axis) => {
    if (!axis.selection) return true;
    const y = yOf(axis, axis.cells[run]);
    return y >= axis.selection[0] && y <= axis.selection[1];
  });
  const hue = (run) => {
    const axis = axes[axes.length - 1];
    const y = yOf(axis, axis.cells[run]);
    if (y > foot()) return variable('soft');
    const at = (foot() - y) / (foot() - size.top);
    return `hsl(${255 - 215 * at} 75% ${page.dark.matches ? 62 - 4 * at : 48 - 8 * at}%)`;
  };
  const ticks = (axis) => {
    if (!axis.isNumeric) return axis.texts.length <= 24 ? axis.texts.map((each) => [each, yOf(axis, each)]) : [];
    if (axis.low > axis.high) return [];
    if (axis.low === axis.high) return [[number(axis.low), yOf(axis, axis.low)]];
    // The ends as they are, and round numbers between that do not come near them.
    const ends = [axis.low, axis.high], between = [];
    if (axis.log) {
      for (let power = Math.ceil(Math.log10(axis.low)); power <= Math.floor(Math.log10(axis.high)); ++power) between.push(10 ** power);
    } else {
      const width = (axis.high / 5 - axis.low / 5), power = 10 ** Math.floor(Math.log10(width));
      const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= width * 0.999);
      for (let at = Math.ceil(axis.low / step); at * step < axis.high; ++at) between.push(at * step);
    }
    const made = ends.map((value) => [String(+value.toPrecision(3)), yOf(axis, value)]);
    const every = Math.ceil(between.length / 8);
    between.forEach((value, index) => {
      const y = yOf(axis, value);
      if (index % every === 0 && made.slice(0, 2).every(([, end]) => Math.abs(end - y) > 16)) made.push([number(value), y]);
    });
    return made;
  };
  let focused = null;
  const cut = (context, words, room) => {
    if (context.measureText(words).width <= room) return words;
    let end = words.length;
    while (end > 1 && context.measureText(`${words.slice(0, end)}…`).width > room) --end;
    return `${words.slice(0, end)}…`;
  };
  const draw = () => {
    const ratio = devicePixelRatio || 1, context = canvas.getContext('2d');
    canvas.width = Math.round(size.width * ratio);
    canvas.height = Math.round(size.height * ratio);
    canvas.style.width = `${size.width}px`;
    canvas.style.height = `${size.height}px`;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const selected = data.runs.map((_, run) => isSelected(run));
    const many = selected.filter(Boolean).length;
    const line = (run) => {
      context.beginPath();
      axes.forEach((axis, index) => {
        const x = xOf(index), y = yOf(axis, axis.cells[run]);
        if (index === 0) { context.moveTo(x, y); return; }
        const before = xOf(index - 1), middle = (before + x) / 2;
        context.bezierCurveTo(middle, yOf(axes[index - 1], axes[index - 1].cells[run]), middle, y, x, y);
      });
      context.stroke();
    };
    context.lineWidth = 1;
    data.runs.forEach((_, run) => {
      if (selected[run] || !shown[run]) return;
      context.strokeStyle = variable('line');
      context.globalAlpha = 0.5;
      line(run);
    });
    data.runs.forEach((_, run) => {
      if (!selected[run] || run === focused) return;
      context.strokeStyle = hue(run);
      context.lineWidth = many > 200 ? 0.8 : 1.5;
      context.globalAlpha = (focused === null ? 1 : 0.25) * (many > 200 ? 0.45 : 0.85);
      line(run);
    });
    if (focused !== null && shown[focused]) {
      context.globalAlpha = 1;
      context.lineWidth = 3;
      context.strokeStyle = hue(focused);
      line(focused);
    }
    context.globalAlpha = 1;
    const room = axes.length < 2 ? size.width : (size.width - size.left - size.right) / (axes.length - 1) - 8;
    axes.forEach((axis, index) => {
      const x = xOf(index);
      context.strokeStyle = variable('soft');
      context.lineWidth = 1.2;
      context.beginPath();
      context.moveTo(x, size.top);
      context.lineTo(x, foot());
      context.stroke();
      context.fillStyle = variable('ink');
      context.font = '600 12.5px system-ui, sans-serif';
      context.textAlign = index === 0 ? 'left' : index === axes.length - 1 ? 'right' : 'center';
      const start = index === 0 ? 8 : index === axes.length - 1 ? size.width - 8 : x;
      context.fillText(cut(context, axis.title, room), start, 16);
      context.fillStyle = variable('soft');
      context.font = '11px system-ui, sans-serif';
      if (axis.log) context.fillText('logarithmic', start, 31);
      context.textAlign = 'left';
      const label = (words, y) => {
        const shownText = cut(context, words, Math.max(30, index === axes.length - 1 ? size.right - 8 : room - 6));
        const width = context.measureText(shownText).width;
        context.globalAlpha = 0.75;
        context.fillStyle = variable('card');
        context.fillRect(x + 4, y - 7, width + 4, 14);
        context.globalAlpha = 1;
        context.fillStyle = variable('soft');
        context.fillText(shownText, x + 6, y + 4);
      };
      for (const [words, y] of ticks(axis)) label(words, y);
      if (axis.odd.length > 0) label(axis.odd.join(', '), foot() + 22);
      if (axis.selection) {
        context.fillStyle = variable('accent');
        context.globalAlpha = 0.25;
        context.fillRect(x - 7, axis.selection[0], 14, axis.selection[1] - axis.selection[0]);
        context.globalAlpha = 1;
      }
    });
  };
  // What depends on the selection alone.
  const tell = () => {
    const selected = data.runs.map((_, run) => isSelected(run));
    const many = selected.filter(Boolean).length;
    const odd = axes.some((axis) => axis.odd.length > 0) ? 'What has no number on an axis meets it below its end. ' : '';
    const crowded = axes.filter((axis) => axis.texts.length > 24).map((axis) => `${axis.title} has ${count(axis.texts.length)} texts, which are not labelled. `).join('');
    note.textContent = `${count(many)} of ${plural(data.runs.length, 'run', 'runs')} selected: drag along an axis to select, click it to select all. ${odd}${crowded}`;
    body.replaceChildren(page.table(['run', ...axes.map(({title}) => title)],
      data.runs.flatMap((run, index) => (selected[index] ? [[`${run.name} ${run.id.slice(0, 8)}`, ...axes.map((axis) => text(axis.cells[index]))]] : []))));
    plot.dataset.lines = String(many);
  };

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const axisAt = (x) => axes.findIndex((_, index) => Math.abs(xOf(index) - x) < 14);
  let dragged = null;
  canvas.addEventListener('pointerdown', (event) => {
    const [x, y] = place(event), index = axisAt(x);
    if (index < 0) return;
    canvas.setPointerCapture(event.pointerId);
    dragged = {axis: axes[index], from: y};
  });
  canvas.addEventListener('pointermove', (event) => {
    const [x, y] = place(event);
    if (dragged) {
      dragged.axis.selection = Math.abs(y - dragged.from) < 4 ? null : [Math.min(y, dragged.from), Math.max(y, dragged.from)];
      draw();
      tell();
      return;
    }
    canvas.style.cursor = axisAt(x) < 0 ? 'default' : 'ns-resize';
    // The line nearest to the pointer: between two axes, on their curve.
    let best = null, distance = 14;
    const next = axes.findIndex((_, index) => xOf(index) > x);
    if (next > 0) {
      const from = xOf(next - 1), to = xOf(next);
      let at = (x - from) / (to - from);
      // The parameter of the curve at this x: 1.5 t (1 - t) + t^3 ..., solved by halving.
      let low = 0, high = 1;
      for (let i = 0; i < 24; ++i) {
        const t = (low + high) / 2;
        if (1.5 * t * (1 - t) ** 2 + 1.5 * t * t * (1 - t) + t ** 3 < at) low = t; else high = t;
      }
      at = 3 * low * low - 2 * low ** 3;
      data.runs.forEach((_, run) => {
        if (!isSelected(run)) return;
        const a = yOf(axes[next - 1], axes[next - 1].cells[run]), b = yOf(axes[next], axes[next].cells[run]);
        const away = Math.abs(a + (b - a) * at - y);
        if (away < distance) { distance = away; best = run; }
      });
    }
    page.highlight(best);
    if (best === null) tip.hide();
    else tip.show(x, y, best, axes.map((axis) => [axis.title, text(axis.cells[best])]));
  });
  canvas.addEventListener('pointerup', () => {
    if (dragged && Math.abs((dragged.axis.selection || [0, 0])[1] - (dragged.axis.selection || [0, 0])[0]) < 4) dragged.axis.selection = null;
    dragged = null;
    draw();
    tell();
  });
  canvas.addEventListener('pointerleave', () => { tip.hide(); page.highlight(null); });
  page.highlights.push((run) => { focused = run; draw(); });

  const tools = element('div', {className: 'tools'}, element('span', {className: 'soft', textContent: 'logarithmic'}));
  for (const axis of axes.filter((each) => each.isNumeric && each.low > 0 && each.low < each.high)) {
    const box = element('input', {type: 'checkbox', checked: axis.log});
    box.addEventListener('change', () => { axis.log = box.checked; axis.selection = null; draw(); tell(); });
    tools.append(element('label', {}, box, element('span', {className: 'name', textContent: axis.title})));
  }
  if (tools.children.length > 1) document.querySelector('header').after(tools);
  document.querySelector('main').append(element('div', {className: 'charts few'}, card));
  page.whenSeen(plot, () => {
    size.width = Math.max(plot.clientWidth, 90 * axes.length);
    plot.style.overflowX = size.width > plot.clientWidth ? 'auto' : 'hidden';
    draw();
    tell();
  });
})();
