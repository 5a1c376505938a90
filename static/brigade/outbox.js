// What a brigade has entered and the server has not yet confirmed: photos and reports, kept in IndexedDB so that neither
// a closed tab nor a dead zone loses them. They are sent one by one, oldest first, because a report must not overtake
// its photos. Every item has a key of its own, so the server takes a repeated one once.
"use strict";
window.Outbox = (() => {
  const owner = document.body.dataset.user;
  const PHOTO_TIMEOUT_MS = 120000, REPORT_TIMEOUT_MS = 30000;
  const PAUSES_SECONDS = [3, 10, 30, 60];
  const listeners = new Set();
  const memory = new Map(); // stands in when the browser gives no IndexedDB: then only this tab remembers
  let opened, pauses = 0, timer, running = false, again = false;

  const tell = (event, item, extra) => listeners.forEach((listener) => listener(event, item, extra));

  function database() {
    opened ??= new Promise((resolve) => {
      let request;
      try { request = indexedDB.open("brigade", 1); } catch { return resolve(null); }
      request.onupgradeneeded = () => request.result.createObjectStore("outbox", { keyPath: "id" });
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve(null);
    });
    return opened;
  }

  async function store(mode, work, otherwise) {
    const base = await database();
    if (!base) return otherwise();
    return new Promise((resolve, reject) => {
      const transaction = base.transaction("outbox", mode);
      const request = work(transaction.objectStore("outbox"));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  }
  const put = (item) => store("readwrite", (s) => s.put(item), () => void memory.set(item.id, item));
  const drop = (id) => store("readwrite", (s) => s.delete(id), () => void memory.delete(id));
  const everything = () => store("readonly", (s) => s.getAll(), () => [...memory.values()]);

  async function all() {
    const items = await everything();
    return items.filter((item) => item.owner === owner).sort((a, b) => a.order - b.order);
  }
  const others = async () => (await everything()).filter((item) => item.owner !== owner).length;

  // crypto.randomUUID exists only on https and localhost; an office may be opened by a plain address.
  function uuid() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  let lastOrder = 0;
  async function add(item) {
    lastOrder = Math.max(Date.now(), lastOrder + 1);
    const whole = { id: uuid(), owner, order: lastOrder, created: Date.now(), refused: "", ...item };
    await put(whole);
    tell("added", whole);
    return whole;
  }

  async function remove(id) {
    await drop(id);
    tell("removed", { id });
  }

  async function retry(id) {
    const item = (await all()).find((one) => one.id === id);
    if (item) await put({ ...item, refused: "" });
    pauses = 0;
    return flush();
  }

  const cookie = (name) => document.cookie.split("; ").find((part) => part.startsWith(name + "="))?.slice(name.length + 1) || "";

  function send(item) {
    return new Promise((resolve, reject) => {
      const form = new FormData();
      for (const [name, value] of Object.entries(item.fields || {})) form.append(name, value);
      if (item.body) {
        form.append("key", item.id);
        form.append("photo", new Blob([item.body], { type: item.type }), item.name);
      } else {
        form.set("age", String(Math.max(0, Math.round((Date.now() - item.created) / 1000))));
      }
      const request = new XMLHttpRequest();
      request.open("POST", item.url);
      request.timeout = item.body ? PHOTO_TIMEOUT_MS : REPORT_TIMEOUT_MS;
      request.setRequestHeader("Accept", "application/json");
      request.setRequestHeader("X-CSRFToken", cookie("csrftoken"));
      request.upload.onprogress = (event) => event.lengthComputable && tell("progress", item, event.loaded / event.total);
      request.onload = () => {
        let answer = null;
        try { answer = JSON.parse(request.responseText); } catch { /* a proxy's own page */ }
        resolve({ status: request.status, answer });
      };
      request.onerror = request.ontimeout = request.onabort = () => reject(new Error("network"));
      request.send(form);
    });
  }

  // What became of one item: "next" goes on with the following one, "stop" waits for a better moment.
  async function attempt(item, repeated = false) {
    tell("sending", item);
    let result;
    try { result = await send(item); } catch { tell("waiting", item, "Нет связи. Отправится само."); return "stop"; }
    const { status, answer } = result;
    const sentence = answer?.error?.message;
    if (status >= 200 && status < 300 && answer) {
      await drop(item.id);
      pauses = 0;
      tell("sent", item, answer);
      return "next";
    }
    if (status === 403 && answer?.error?.code === "csrf" && !repeated) return attempt(item, true);
    if (status === 401) { tell("sign-in", item); return "stop"; }
    if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
      const refused = sentence || (status === 413 ? "Файл слишком большой." : "Сервер не принял: ошибка " + status + ".");
      await put({ ...item, refused });
      tell("refused", { ...item, refused }, answer?.error || {});
      return "next";
    }
    tell("waiting", item, "Сервер не ответил. Отправится само.");
    return "stop";
  }

  async function drain() {
    do {
      again = false;
      for (let item; (item = (await all()).find((one) => !one.refused)); ) {
        if ((await attempt(item)) === "stop") return later();
      }
    } while (again);
    tell("empty");
  }

  function later() {
    clearTimeout(timer);
    if (document.visibilityState === "hidden") return; // visibilitychange will ring
    timer = setTimeout(flush, PAUSES_SECONDS[Math.min(pauses++, PAUSES_SECONDS.length - 1)] * 1000);
  }

  // One sender at a time, over all tabs where the browser can tell; a double would only cost traffic.
  async function flush() {
    if (!owner) return;
    if (running) { again = true; return; }
    running = true;
    clearTimeout(timer);
    try {
      if (navigator.locks) await navigator.locks.request("brigade-outbox", { ifAvailable: true }, (lock) => (lock ? drain() : later()));
      else await drain();
    } finally { running = false; }
  }

  const wake = () => { pauses = 0; if (document.visibilityState === "visible") flush(); };
  window.addEventListener("online", wake);
  window.addEventListener("pageshow", wake);
  document.addEventListener("visibilitychange", wake);
  return { add, all, others, remove, retry, flush, listen: (listener) => listeners.add(listener), lasting: async () => !!(await database()) };
})();
