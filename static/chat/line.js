// The line to the assistant: a socket that speaks vasdom.v1 and comes back by itself.
"use strict";
window.ChatLine = class extends EventTarget {
  static FINAL = { 4401: "Вы вышли. Войдите снова, чтобы продолжить.", 4403: "Нет доступа к чату.", 4408: "Разговор закрыт: долго не было сообщений. Обновите страницу." };
  static WAITS = [500, 1000, 2000, 4000, 8000, 15000];

  constructor(session) {
    super();
    this.session = session;
    this.tries = 0;
    this.socket = null;
    window.addEventListener("online", () => this.open());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.open(); });
  }

  get isOpen() { return this.socket !== null && this.socket.readyState === WebSocket.OPEN && this.ready; }

  open() {
    if (this.socket && this.socket.readyState <= WebSocket.OPEN) return;
    clearTimeout(this.timer);
    this.tell("state", this.tries ? "Связь потеряна, соединяемся…" : "Соединяемся…");
    this.ready = false;
    const query = this.session ? `?session=${encodeURIComponent(this.session)}` : "";
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws${query}`, ["vasdom.v1"]);
    this.socket = socket;
    socket.onmessage = (event) => { if (socket === this.socket) this.take(JSON.parse(event.data)); };
    socket.onclose = (event) => { if (socket === this.socket) this.lost(event); };
  }

  take(frame) {
    if (frame.type === "ready") {
      this.session = frame.session;
      this.ready = true;
      this.tries = 0;
    }
    this.tell(frame.type, frame);
  }

  lost(event) {
    this.ready = false;
    this.tell("lost", event.code);
    const final = ChatLine.FINAL[event.code];
    if (final) { this.tell("closed", final); return; }
    const wait = ChatLine.WAITS[Math.min(this.tries, ChatLine.WAITS.length - 1)];
    this.tries += 1;
    this.tell("state", navigator.onLine ? "Связь потеряна, соединяемся…" : "Нет сети. Набранное сохранено.");
    this.timer = setTimeout(() => this.open(), wait * (0.8 + Math.random() * 0.4));
  }

  send(frame) {
    if (!this.isOpen) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  restart() {
    this.session = "";
    this.tries = 0;
    clearTimeout(this.timer);
    const old = this.socket;
    this.socket = null;
    if (old) old.close(1000);
    this.open();
  }

  tell(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail })); }
};
