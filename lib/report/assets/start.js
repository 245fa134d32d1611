'use strict';
// Comes before the charts: the list of runs, where there are several.
(() => {
  const main = document.querySelector('main');
  main.replaceChildren();
  if (page.data.runs.length > 1) main.append(page.runList());
  else main.classList.add('alone');
})();
