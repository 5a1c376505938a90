// «Сейчас на линии»: a card for each call that goes on, the oldest first.
"use strict";
(() => {
  const feed = new window.LiveFeed();
  const buttons = new window.LiveButtons(feed);
  const cards = new Map();
  const grid = document.getElementById("live-grid");
  const template = document.getElementById("live-card");
  const nothing = document.getElementById("live-nothing");
  const number = document.getElementById("live-number");
  let known = false;

  function draw(id) {
    const call = feed.calls.get(id);
    if (!cards.has(id)) {
      const card = new window.LiveCard(template);
      cards.set(id, card);
      buttons.attach(card, id);
      grid.append(card.root);
    }
    cards.get(id).draw(call);
    buttons.draw(cards.get(id));
    cards.get(id).tick(feed.now);
  }

  function count() {
    const going = [...feed.calls.values()].filter((call) => !call.ended).length;
    number.textContent = going;
    nothing.hidden = !known || cards.size > 0;
  }

  function remove(id) {
    cards.get(id)?.root.remove();
    cards.delete(id);
    count();
  }

  feed.addEventListener("calls", () => { known = true; for (const id of feed.calls.keys()) draw(id); count(); });
  feed.addEventListener("call", ({ detail }) => { draw(detail); count(); });
  feed.addEventListener("gone", ({ detail }) => remove(detail));
  window.liveState(feed);
  setInterval(() => { for (const card of cards.values()) card.tick(feed.now); }, 1000);
})();
