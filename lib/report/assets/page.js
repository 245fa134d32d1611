'use strict';
// What the kinds of charts share: the data, colours, formats, the list of runs. `page` is what the other scripts see.
const page = (() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const hues = [[213, 78], [24, 90], [145, 60], [340, 70], [270, 55], [185, 80], [45, 95], [0, 0]];

  const element = (tag, properties, ...children) => {
    const made = document.createElement(tag);
    for (const [key, value] of Object.entries(properties || {})) {
      if (key === 'color') made.style.background = value;
      else if (key in made) made[key] = value;
      else made.setAttribute(key, value);
    }
    made.append(...children.filter((each) => each !== null && each !== undefined));
    return made;
  };
  const variable = (name) => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
  // A few that are easily told apart, then hues by the golden angle in three brightnesses.
  const color = (run) => {
    if (data.runs.length <= hues.length) {
      const [hue, saturation] = hues[run];
      return `hsl(${hue} ${saturation}% ${dark.matches ? 64 : 44}%)`;
    }
    const step = [0, 12, -9][run % 3];
    return `hsl(${(run * 137.508) % 360} ${62 + (run % 2) * 18}% ${(dark.matches ? 62 : 44) + step}%)`;
  };
  const number = (value) => {
    if (value === null || value === undefined) return '';
    if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
    const size = Math.abs(value);
    if (size !== 0 && (size < 1e-4 || size >= 1e9)) return value.toExponential(4).replace(/\.?0+e/, 'e');
    return String(+value.toPrecision(6));
  };
  const count = (value) => value.toLocaleString('en-US');
  const plural = (value, one, many) => `${count(value)} ${value === 1 ? one : many}`;
  const duration = (seconds) => {
    const sign = seconds < 0 ? '-' : '';
    const size = Math.abs(seconds);
    if (size === 0) return '0';
    const two = (large, unit, small, rest) => `${sign}${large} ${unit}${small ? ` ${small} ${rest}` : ''}`;
    if (size < 60) return `${sign}${+size.toPrecision(3)} s`;
    if (size < 3600) return two(Math.floor(size / 60), 'min', Math.floor(size % 60), 's');
    if (size < 86400) return two(Math.floor(size / 3600), 'h', Math.floor((size % 3600) / 60), 'min');
    return two(Math.floor(size / 86400), 'd', Math.floor((size % 86400) / 3600), 'h');
  };
  const moment = (seconds) => new Date(seconds * 1000).toISOString().replace('T', ' ').replace(/\.?0*Z$/, ' UTC');

  const shown = data.runs.map(() => true);
  const listeners = [];
  const changed = () => listeners.forEach((each) => each());
  dark.addEventListener('change', changed);

  // The list at the side, where there is more than one run.
  let highlighted = null;
  const highlights = [];
  let wanted = null, scheduled = false;
  const highlight = (run) => {
    wanted = run;
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(() => {
      scheduled = false;
      if (wanted === highlighted) return;
      highlighted = wanted;
      highlights.forEach((each) => each(wanted));
    });
  };
  const runList = () => {
    const rows = [];
    const paint = () => rows.forEach(({row, box, swatch}, run) => {
      box.checked = shown[run];
      row.classList.toggle('off', !shown[run]);
      swatch.style.background = data.colored ? color(run) : 'transparent';
    });
    const list = element('ul', {className: 'runs'});
    data.runs.forEach((run, index) => {
      const box = element('input', {type: 'checkbox', checked: true});
      box.addEventListener('change', () => { shown[index] = box.checked; changed(); });
      const swatch = element('span', {className: 'swatch'});
      const row = element('li', {title: `${run.name}\n${run.id}\n${run.experiment}, ${run.status}`},
        element('label', {}, box, data.colored ? swatch : null, element('span', {className: 'name', textContent: run.name}),
          element('code', {textContent: run.id.slice(0, 8)})),
        run.status === 'FINISHED' ? null : element('span', {className: run.status === 'RUNNING' ? 'soft' : 'bad', textContent: run.status.toLowerCase()}));
      row.addEventListener('mouseenter', () => highlight(shown[index] ? index : null));
      row.addEventListener('mouseleave', () => highlight(null));
      rows.push({row, box, swatch});
      list.append(row);
    });
    const search = element('input', {type: 'search', placeholder: 'find runs', ariaLabel: 'find runs'});
    const found = (run) => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      const text = `${run.name} ${run.id} ${run.experiment} ${run.status}`.toLowerCase();
      return words.every((word) => text.includes(word));
    };
    search.addEventListener('input', () => rows.forEach(({row}, run) => { row.hidden = !found(data.runs[run]); }));
    const set = (value) => () => { data.runs.forEach((run, index) => { if (found(run)) shown[index] = value; }); changed(); };
    const button = (text, value) => {
      const made = element('button', {type: 'button', textContent: text});
      made.addEventListener('click', set(value));
      return made;
    };
    listeners.push(paint);
    paint();
    return element('aside', {}, element('div', {className: 'row'}, search, button('all', true), button('none', false)), list);
  };

  // A small window beside the pointer.
  const tip = (parent) => {
    const box = element('div', {className: 'tip', hidden: true});
    parent.append(box);
    return {
      hide: () => { box.hidden = true; },
      show: (x, y, run, rows) => {
        const table = element('table', {}, ...rows.map(([key, value]) => element('tr', {},
          element('td', {className: 'soft', textContent: key}), element('td', {textContent: value}))));
        box.replaceChildren(element('span', {className: 'swatch', color: data.colored ? color(run) : 'transparent', hidden: !data.colored}), ' ',
          element('span', {className: 'name', textContent: data.runs[run].name}), ' ',
          element('code', {className: 'soft', textContent: data.runs[run].id.slice(0, 8)}), table);
        box.hidden = false;
        const left = x + 16 + box.offsetWidth > parent.clientWidth ? x - 16 - box.offsetWidth : x + 16;
        box.style.left = `${Math.max(0, left)}px`;
        box.style.top = `${Math.max(0, Math.min(y + 12, parent.clientHeight - box.offsetHeight))}px`;
      },
    };
  };

  const table = (titles, rows) => element('table', {}, element('thead', {}, element('tr', {}, ...titles.map((text) => element('th', {textContent: text})))),
    element('tbody', {}, ...rows.map((row) => element('tr', {}, ...row.map((text) => element('td', {textContent: text}))))));

  // Builds what can be seen, when it can be seen.
  const whenSeen = (node, build) => {
    let seen = false, stale = true;
    const update = () => { if (seen && stale) { stale = false; build(); } };
    new IntersectionObserver((entries) => { seen = entries[entries.length - 1].isIntersecting; update(); }, {rootMargin: '200px'}).observe(node);
    let width = 0;
    new ResizeObserver(() => { if (node.clientWidth !== width) { width = node.clientWidth; stale = true; update(); } }).observe(node);
    listeners.push(() => { stale = true; update(); });
    return () => { stale = true; update(); };
  };

  return {data, element, variable, color, number, count, plural, duration, moment, shown, listeners, changed, highlight, highlights, runList, tip, table,
    whenSeen, dark};
})();
