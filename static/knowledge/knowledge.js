// Progress of the building of indexes, questions before what cannot be taken back, and a page that waits for a file.
"use strict";
(() => {
  document.addEventListener("submit", (event) => {
    const question = event.target.dataset.confirm;
    if (question && !window.confirm(question)) { event.preventDefault(); return; }
    if (event.target.matches("[data-upload]")) {
      const button = event.target.querySelector("button[type=submit]");
      button.textContent = "Читаем файл…";
      setTimeout(() => { button.disabled = true; }, 0);
    }
  });

  const waiting = document.querySelector("[data-reload]");
  if (waiting) setTimeout(() => location.reload(), Number(waiting.dataset.reload) * 1000);

  const box = document.querySelector("[data-building]");
  if (!box) return;
  const classes = { running: "is-busy", done: "is-good", failed: "is-bad", interrupted: "is-warn" };

  function show(one) {
    const card = box.querySelector(`[data-base="${CSS.escape(one.slug)}"]`);
    if (!card) return;
    const part = (name) => card.querySelector(`[data-${name}]`);
    part("label").textContent = one.label;
    part("label").className = `of-chip ${classes[one.state] || ""}`;
    part("bar").hidden = !one.running;
    if (one.percent === null) part("bar").removeAttribute("value"); else part("bar").value = one.percent;
    part("step").textContent = one.running ? `${one.step} ${one.count}` : one.error;
    if (one.passages !== null) part("passages").textContent = `${one.passages} фрагм. в индексе`;
    if (card.dataset.was === "running" && !one.running) location.reload(); // states in the list below have changed
    card.dataset.was = one.state;
  }

  async function ask() {
    try {
      const answer = await fetch(box.dataset.building, { credentials: "same-origin" });
      if (answer.ok) (await answer.json()).bases.forEach(show);
    } catch (error) { /* no connection: the next try will tell */ }
    setTimeout(ask, document.hidden ? 10000 : 2000);
  }
  setTimeout(ask, 1000);
})();
