// «Помощник»: comparing follows the choice at once, and leaving an edited form is asked about.
(() => {
  const compare = document.querySelector("[data-compare]");
  if (compare) {
    compare.querySelector("select").addEventListener("change", () => compare.requestSubmit());
    compare.querySelector("button").hidden = true;
  }

  const form = document.querySelector("[data-revision]");
  if (form) {
    let changed = false;
    form.addEventListener("input", () => { changed = true; });
    form.addEventListener("submit", () => { changed = false; });
    window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  }
})();
