// The review queue by keyboard: the keys that the buttons name, and u for the last one.
"use strict";
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  if (event.key === "u") { const back = document.getElementById("back"); if (back) back.click(); return; }
  const chosen = [...document.querySelectorAll("#label button[data-key]")].find((button) => button.dataset.key === event.key);
  if (chosen) { event.preventDefault(); chosen.click(); }
});
