// Draws every chart whose specification stands beside it. Expressions are interpreted, not evaluated: the page forbids eval.
for (const figure of document.querySelectorAll("figure.chart")) {
  const spec = JSON.parse(figure.querySelector("script").textContent);
  vegaEmbed(figure.querySelector("div"), spec, { actions: false, renderer: "svg", ast: true, config: { background: "transparent" } });
}
