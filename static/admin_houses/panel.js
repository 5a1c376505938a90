// The side panel: pieces of pages shown beside a list. A native <dialog> keeps the focus inside and closes on Esc.
// Any link with data-panel opens; its address after # can be shared: #schedule-17, #details-17, #schedule-17?month=2026-11.
"use strict";
(() => {
  const BASE = "/admin/houses/house/";
  const PLACES = /^#(schedule|details|act)-(\d+)(\?month=\d{4}-\d{2})?$/;
  let dialog = null;
  let opener = null;

  function build() {
    dialog = document.createElement("dialog");
    dialog.className = "of-panel of";
    dialog.setAttribute("aria-labelledby", "of-panel-title");
    dialog.addEventListener("close", closed);
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    document.body.append(dialog);
  }

  function forget() {
    if (PLACES.test(location.hash)) history.replaceState(null, "", location.pathname + location.search);
  }

  function closed() {
    forget();
    if (opener && opener.isConnected) opener.focus();
    opener = null;
  }

  function say(text) {
    dialog.replaceChildren();
    const head = document.createElement("div");
    head.className = "of-panel-head";
    const title = document.createElement("h2");
    title.id = "of-panel-title";
    title.textContent = text;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "of-close";
    button.dataset.panelClose = "";
    button.setAttribute("aria-label", "Закрыть");
    button.textContent = "✕";
    head.append(title, button);
    dialog.append(head);
  }

  async function load(address, options) {
    if (!dialog) build();
    if (!dialog.open) { say("Загрузка…"); dialog.showModal(); }
    try {
      const answer = await fetch(address, { headers: { "X-Requested-With": "fetch" }, credentials: "same-origin", ...options });
      if (answer.redirected && answer.url.includes("/login/")) { location.reload(); return; }
      if (!answer.ok) { say(answer.status === 404 ? "Дом не найден" : "Не удалось загрузить. Попробуйте ещё раз."); return; }
      if (answer.headers.get("X-Panel-Done")) {
        forget(); // before the reload, which would open the panel again
        location.reload();
        return;
      }
      dialog.innerHTML = await answer.text();
      const target = dialog.querySelector("[autofocus]") || dialog.querySelector("[data-panel-close]");
      if (target) target.focus();
    } catch (error) {
      say("Нет связи с сервером. Попробуйте ещё раз.");
    }
  }

  function open(hash) {
    const [, kind, house, month] = PLACES.exec(hash);
    load(`${BASE}${house}/${kind}/${month || ""}`);
  }

  document.addEventListener("click", (event) => {
    const close = event.target.closest("[data-panel-close]");
    if (close && dialog) { dialog.close(); return; }
    const link = event.target.closest("a[data-panel]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    if (!dialog || !dialog.open) opener = link;
    history.replaceState(null, "", location.pathname + location.search + link.dataset.panel);
    open(link.dataset.panel);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target.closest(".of-panel form[data-panel-form]");
    if (!form) return;
    event.preventDefault();
    load(form.action, { method: "POST", body: new FormData(form, event.submitter) });
  });

  const follow = () => { if (PLACES.test(location.hash)) open(location.hash); };
  window.addEventListener("hashchange", follow);
  document.addEventListener("DOMContentLoaded", follow);
})();
