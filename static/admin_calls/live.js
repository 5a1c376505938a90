// Keeps a page fresh without a reload: asks for its state every few seconds, and when that has changed, takes the page
// again and puts the named parts in place. A hidden tab rests; who is typing is not disturbed.
"use strict";
(() => {
  const SECONDS = 3;
  const source = () => document.querySelector("[data-live-ask]");
  let busy = false;

  function disturbed(parts) {
    const active = document.activeElement;
    const typing = active && active.matches("input, textarea, select") && parts.some((part) => part.contains(active));
    return typing || document.querySelector("dialog[open]");
  }

  function say(works) {
    for (const mark of document.querySelectorAll("[data-live-mark]")) {
      mark.textContent = works ? "обновляется само" : "нет связи, данные могли устареть";
      mark.classList.toggle("is-stale", !works);
    }
  }

  async function take(address) {
    const answer = await fetch(address, {
      headers: { "X-Requested-With": "fetch" }, redirect: "error", credentials: "same-origin", signal: AbortSignal.timeout(15000),
    });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer;
  }

  async function refresh() {
    const place = source();
    if (busy || document.hidden || !place || !place.dataset.liveAsk) return;
    busy = true;
    try {
      const { state } = await (await take(place.dataset.liveAsk)).json();
      const names = place.dataset.liveParts.split(",");
      const parts = names.map((name) => document.querySelector(name)).filter(Boolean);
      if (state !== place.dataset.liveState && !disturbed(parts)) {
        const page = new DOMParser().parseFromString(await (await take(location.href)).text(), "text/html");
        const open = Array.from(document.querySelectorAll("[id] details[open]"), (one) => [one.closest("[id]").id, one.className]);
        for (const name of names) {
          const [now, then] = [page.querySelector(name), document.querySelector(name)];
          if (now && then) then.replaceWith(document.adoptNode(now));
        }
        for (const [id, kind] of open) {
          const one = document.getElementById(id)?.querySelector(kind ? `details.${kind.split(" ")[0]}` : "details");
          if (one) one.open = true;
        }
        document.dispatchEvent(new Event("live:changed"));
      }
      say(true);
    } catch {
      say(false);
    } finally {
      busy = false;
    }
  }

  setInterval(refresh, SECONDS * 1000);
  document.addEventListener("visibilitychange", refresh);
})();
