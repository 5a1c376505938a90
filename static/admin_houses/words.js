// What Unfold's pages leave in English or in lower case, put right after they are drawn.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  // On a phone a row is a card, and the names of the columns stand in it as labels.
  document.querySelectorAll("#result_list [data-label]").forEach((cell) => {
    const label = cell.dataset.label;
    cell.dataset.label = label.charAt(0).toUpperCase() + label.slice(1);
  });
});
// The scrolling areas name themselves for screen readers once the script that makes them has run.
window.addEventListener("load", () => {
  document.querySelectorAll('[aria-label="scrollable content"]').forEach((area) => {
    area.setAttribute("aria-label", "Прокручиваемая область");
  });
});
