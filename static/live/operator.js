// «Оператор»: calls that want a person, with a sound until somebody takes them. A card stays until it is put away.
"use strict";
(() => {
  const feed = new window.LiveFeed();
  const buttons = new window.LiveButtons(feed);
  const bell = new window.LiveBell();
  const template = document.getElementById("live-card");
  const grid = document.getElementById("live-grid");
  const nothing = document.getElementById("live-nothing");
  const CALLING = new Set(["wanted", "ringing", "busy", "no_answer", "refused", "failed"]);
  const cards = new Map();
  const noticed = new Set();
  let known = false;

  const calls = (call) => call.handover && !call.ended && CALLING.has(call.handover.state);

  function draw(id) {
    const call = feed.calls.get(id);
    if (!call?.handover && !cards.has(id)) return;
    if (!cards.has(id)) {
      const card = new window.LiveCard(template);
      cards.set(id, card);
      buttons.attach(card, id);
      card.root.querySelector("[data-act=noticed]").addEventListener("click", () => { noticed.add(id); ring(); mark(card); });
      card.root.querySelector("[data-act=away]").addEventListener("click", () => remove(id));
      grid.prepend(card.root);
      if (calls(call)) bell.announce([call.caller, call.house].filter(Boolean).join(", ") || "без номера", call.handover.reason);
    }
    const card = cards.get(id);
    card.draw(call);
    card.part("reason").textContent = call.handover?.reason || "причина не названа";
    buttons.draw(card);
    card.tick(feed.now);
    mark(card);
  }

  function mark(card) {
    const calling = calls(card.call);
    card.root.classList.toggle("is-calling", Boolean(calling));
    card.root.querySelector("[data-act=noticed]").hidden = !calling || noticed.has(card.call.id);
    card.root.querySelector("[data-act=away]").hidden = !card.call.ended;
  }

  function ring() {
    nothing.hidden = !known || cards.size > 0;
    bell.ring([...cards.values()].some(({ call }) => calls(call) && !noticed.has(call.id)));
  }

  function remove(id) {
    cards.get(id)?.root.remove();
    cards.delete(id);
    ring();
  }

  function gone(id) {
    const card = cards.get(id);
    if (!card) return;
    // The process that ran it is gone without a word; the call may be too.
    if (!card.call.ended) card.draw({ ...card.call, ended: { ending: "", at: new Date(feed.now).toISOString() } });
    buttons.draw(card);
    mark(card);
    ring();
  }

  feed.addEventListener("calls", () => { known = true; for (const id of feed.calls.keys()) draw(id); ring(); });
  feed.addEventListener("call", ({ detail }) => { draw(detail); ring(); });
  feed.addEventListener("gone", ({ detail }) => gone(detail));
  window.liveState(feed);
  setInterval(() => { for (const card of cards.values()) card.tick(feed.now); }, 1000);
})();
