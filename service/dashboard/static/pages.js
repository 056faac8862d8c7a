// Brings in what takes time to find, and draws the charts in it.
"use strict";
document.addEventListener("DOMContentLoaded", async () => {
  const body = document.querySelector("[data-load]");
  if (!body) return;
  const fail = (text) => {
    const told = body.querySelector(".loading");
    told.setAttribute("role", "alert");
    told.textContent = text;
  };
  try {
    const answer = await fetch(body.dataset.load, { headers: { "X-Requested-With": "fetch" } });
    const text = await answer.text();
    if (!answer.ok) { fail(`The rest could not be worked out: ${text}. Load the page again.`); return; }
    const focused = document.activeElement && document.activeElement.closest("#body") ? document.activeElement.getAttribute("href") : null;
    body.innerHTML = text; // from this service, escaped there
    window.drawCharts(body);
    if (focused) { const again = body.querySelector(`a[href="${CSS.escape(focused)}"]`); if (again) again.focus(); }
    if (location.hash.length > 1) { const target = document.getElementById(location.hash.slice(1)); if (target) target.scrollIntoView(); }
  } catch (error) {
    fail("The rest could not be fetched: the service does not answer. Load the page again.");
  }
  body.removeAttribute("aria-busy");
});
