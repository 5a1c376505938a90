// Live progress of the synchronisation: over a socket, and by asking every two seconds when there is no socket.
"use strict";
(() => {
  const box = document.querySelector("[data-sync]");
  if (!box) return;
  const part = (name) => box.querySelector(`[data-sync-${name}]`);
  const words = { running: "is-busy", done: "is-good", failed: "is-bad", refused: "is-warn", none: "" };
  let shown = box.dataset.syncWas;
  let timer = null;

  function show(now) {
    const chip = part("state");
    chip.textContent = now.label;
    chip.className = `of-chip ${words[now.state] || ""}`;
    part("step").textContent = now.state === "running" ? now.step || "Начинаем…" : now.errors[0] || "";
    part("fresh").textContent = now.freshness;
    part("fresh").classList.toggle("is-stale", now.stale);
    const bar = part("bar");
    bar.hidden = now.state !== "running";
    if (now.percent === null || now.percent === undefined) bar.removeAttribute("value"); else bar.value = now.percent;
    part("count").textContent = now.state === "running" && now.total ? `${now.done} из ${now.total}` : "";
    box.querySelectorAll("[data-sync-start]").forEach((button) => { button.disabled = now.state === "running"; });
    if (shown === "running" && now.state !== "running") location.reload(); // the list below has a new last row
    shown = now.state;
  }

  async function ask() {
    try {
      const answer = await fetch(box.dataset.syncPoll, { credentials: "same-origin" });
      if (answer.ok) show(await answer.json());
    } catch (error) { /* no connection: the next try will tell */ }
    timer = setTimeout(ask, 2000);
  }

  function listen() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/ws/sync/`);
    socket.onmessage = (event) => { clearTimeout(timer); timer = null; show(JSON.parse(event.data)); };
    socket.onclose = (event) => {
      if (event.code === 4403) return;
      if (timer === null) ask();
      setTimeout(listen, 10000);
    };
  }
  listen();
})();
