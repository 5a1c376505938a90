// Filters apply as soon as they are chosen, the kind of chart is remembered, fragments refresh themselves.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  for (const form of document.querySelectorAll("form[data-apply-at-once]")) {
    for (const field of form.querySelectorAll("select, input[type=month]")) {
      field.addEventListener("change", () => form.requestSubmit());
    }
    // Empty fields stay out of the address, and of a preset and days only what was chosen last.
    form.addEventListener("submit", () => {
      const { period, date_from: from, date_to: to } = form.elements;
      if (period) {
        const changed = from.value !== from.defaultValue || to.value !== to.defaultValue;
        for (const field of changed ? [period] : [from, to]) field.disabled = true;
      }
      for (const field of form.elements) {
        if (field.name && field.value === "") field.disabled = true;
      }
    });
    window.addEventListener("pageshow", () => {
      for (const field of form.elements) field.disabled = false;
    });
  }
  rememberChoice("chart-kind");
  for (const place of document.querySelectorAll("[data-refresh-url]")) keepFresh(place);
  for (const today of document.querySelectorAll(".bars .bar.current")) {
    const bars = today.parentElement;
    bars.scrollLeft = today.offsetLeft - (bars.clientWidth - today.offsetWidth) / 2;
  }
});

function rememberChoice(name) {
  const inputs = document.querySelectorAll(`input[name="${name}"]`);
  const kept = localStorage.getItem(name);
  for (const input of inputs) {
    if (input.id === kept) input.checked = true;
    input.addEventListener("change", () => localStorage.setItem(name, input.id));
  }
}

// Fetches a fragment again and again; a hidden tab rests, and an outage is said in place of the answer.
function keepFresh(place) {
  const seconds = Number(place.dataset.refreshSeconds);
  const trouble = document.getElementById(place.dataset.refreshTrouble);
  const refresh = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(place.dataset.refreshUrl, {
        headers: { "X-Requested-With": "fetch" },
        redirect: "error",
        signal: AbortSignal.timeout(seconds * 1000),
      });
      if (!answer.ok) throw new Error(String(answer.status));
      place.innerHTML = await answer.text();
      trouble.hidden = true;
    } catch {
      trouble.hidden = false;
    }
  };
  setInterval(refresh, seconds * 1000);
  document.addEventListener("visibilitychange", refresh);
}
