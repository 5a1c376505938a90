// The stars under an answer: rated in place, with a word that it was kept. Without this file the form works by itself.
"use strict";
(() => {
  function toast(text, failed) {
    const box = document.getElementById("call-toasts");
    const note = document.createElement("div");
    note.className = `call-toast${failed ? " is-bad" : ""}`;
    note.textContent = text;
    box.append(note);
    setTimeout(() => note.remove(), 5000);
  }

  function show(form, rating) {
    form.dataset.rated = rating;
    for (const star of form.querySelectorAll(".call-star")) {
      star.classList.toggle("is-on", Number(star.value) <= Number(rating));
      star.setAttribute("aria-pressed", String(star.value === rating));
    }
    if (!rating) form.querySelector("[name=comment]").value = "";
  }

  async function send(form, rating) {
    const body = new FormData(form);
    body.set("rating", rating);
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "fetch" }, redirect: "error" });
      const { message, failed } = await answer.json();
      if (!failed) show(form, rating);
      toast(message, failed);
    } catch {
      toast("Не удалось сохранить: нет связи.", true);
    }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-rate]");
    if (!form || !event.submitter) return;
    event.preventDefault();
    const pressed = event.submitter.value;
    send(form, pressed === form.dataset.rated ? "" : pressed); // the same star once more takes the rating back
  });

  document.addEventListener("keydown", (event) => {
    const form = event.target.closest("form[data-rate]");
    if (!form || event.key !== "Enter" || event.target.name !== "comment") return;
    event.preventDefault();
    if (form.dataset.rated) send(form, form.dataset.rated);
    else toast("Сначала поставьте оценку.", true);
  });
})();
