// The filter bar: a choice in a list applies at once; empty fields stay out of the address.
"use strict";
document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-office-filters]");
  if (form && event.target.matches("select, input[type=checkbox]")) form.requestSubmit();
});
document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-office-filters]");
  if (!form) return;
  const empty = Array.from(form.elements).filter((field) => field.name && !field.value && !field.disabled);
  empty.forEach((field) => { field.disabled = true; });
  setTimeout(() => empty.forEach((field) => { field.disabled = false; }), 0);
});
