// «Завершить», «Перевести», «Сказать» of a card; what ends or moves a call is asked about first.
"use strict";
window.LiveButtons = class {
  constructor(feed) {
    this.feed = feed;
    this.dialog = document.getElementById("live-dialog");
    this.part = (name) => this.dialog.querySelector(`[data-dialog=${name}]`);
    this.dialog.addEventListener("close", () => {
      const pending = this.pending;
      this.pending = null;
      if (pending && this.dialog.returnValue === "yes") pending(this.part("target").value);
    });
  }

  attach(card, id) {
    const act = (name) => card.root.querySelector(`[data-act=${name}]`);
    const form = act("say");
    if (!form) return;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const field = form.elements.text;
      const text = field.value.trim();
      if (!text) return;
      if (await this.send(card, id, "say", { text })) field.value = "";
    });
    act("hang_up").addEventListener("click", () => this.ask(card, "Завершить звонок?", "Разговор прервётся сразу.", "Завершить", [], () => this.send(card, id, "hang_up")));
    act("transfer").addEventListener("click", () => {
      const targets = card.call.targets || [];
      if (!targets.length) { this.say(card, "Переводить некуда: в настройках нет ни одного разрешённого номера.", true); return; }
      this.ask(card, "Перевести звонок", "Ассистент предупредит звонящего и соединит.", "Перевести", targets, (target) => this.send(card, id, "transfer", { target }));
    });
  }

  draw(card) {
    const row = card.root.querySelector("[data-acts]");
    if (row) row.hidden = !this.feed.maySteer || Boolean(card.call.ended);
  }

  ask(card, title, text, button, targets, then) {
    this.part("title").textContent = title;
    this.part("who").textContent = [card.call.caller || "без номера", card.call.house].filter(Boolean).join(", ");
    this.part("text").textContent = text;
    this.part("yes").textContent = button;
    this.part("targets").hidden = !targets.length;
    this.part("target").replaceChildren(...targets.map(({ key, label }) => new Option(label, key)));
    this.pending = then;
    this.dialog.returnValue = "";
    this.dialog.showModal();
  }

  async send(card, id, kind, more) {
    this.say(card, "Передаём…");
    const error = await this.feed.command(id, kind, more);
    this.say(card, error || "Принято.", Boolean(error));
    return !error;
  }

  say(card, text, bad = false) {
    const place = card.root.querySelector("[data-part=answer]");
    if (!place) return;
    place.textContent = text;
    place.classList.toggle("of-bad", bad);
    clearTimeout(card.quiet);
    if (!bad) card.quiet = setTimeout(() => { place.textContent = ""; }, 4000);
  }
};
