// Draws every chart whose specification stands beside it. Expressions are interpreted, not evaluated, and styles come from the style
// sheet: the page forbids eval and styles from scripts.
"use strict";
window.drawCharts = (root) => {
  for (const figure of root.querySelectorAll("figure.chart")) {
    const spec = JSON.parse(figure.querySelector("script").textContent);
    const options = {
      actions: false, renderer: "svg", ast: true, defaultStyle: false, tooltip: { disableDefaultStyle: true },
      config: { background: "transparent" },
    };
    vegaEmbed(figure.querySelector("div"), spec, options).then((made) => {
      const body = figure.closest("[data-evidence]");
      if (!figure.dataset.culture || !body) return;
      made.view.addEventListener("click", (event, item) => {
        const start = item && item.datum && item.datum.start;
        if (start === undefined || !(item.datum.value >= 0)) return;
        const day = new Date(start).toISOString().slice(0, 10);
        location.assign(`${body.dataset.evidence}&culture=${figure.dataset.culture}&start=${day}`);
      });
    });
  }
};
document.addEventListener("DOMContentLoaded", () => window.drawCharts(document));
