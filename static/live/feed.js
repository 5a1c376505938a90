// The calls that go on, as the server tells of them: kept whole, and told as "calls", "call" (its id) and "gone" (its id).
// A message lost on the way shows as a gap in the numbers; the state is then asked for.
"use strict";
window.LiveFeed = class extends EventTarget {
  static WAITS = [500, 1000, 2000, 4000, 8000];
  static ENDED_STAYS_MS = 8000;
  static TAKEN_WITHIN_MS = 4000;
  static FORBIDDEN = 4403;

  constructor() {
    super();
    this.calls = new Map();
    this.waiting = new Map();
    this.tries = 0;
    this.skew = 0;
    this.maySteer = false;
    window.addEventListener("online", () => this.open());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.open(); });
    this.open();
  }

  get now() { return Date.now() + this.skew; }

  open() {
    if (this.socket && this.socket.readyState <= WebSocket.OPEN) return;
    clearTimeout(this.timer);
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/live/`);
    this.socket = socket;
    socket.onmessage = (event) => { if (socket === this.socket) this.take(JSON.parse(event.data)); };
    socket.onclose = (event) => { if (socket === this.socket) this.lost(event); };
  }

  lost(event) {
    for (const settle of this.waiting.values()) settle("Связь потеряна: команда могла не дойти.");
    this.waiting.clear();
    const forbidden = event.code === LiveFeed.FORBIDDEN;
    this.tell("state", { good: false, text: forbidden ? "Нет доступа: войдите снова или обратитесь к директору" : "Нет связи, данные могли устареть" });
    if (forbidden) return;
    const wait = LiveFeed.WAITS[Math.min(this.tries++, LiveFeed.WAITS.length - 1)];
    this.timer = setTimeout(() => this.open(), wait * (0.8 + Math.random() * 0.4));
  }

  take(frame) {
    if (frame.calls) this.begin(frame);
    else if (frame.changed) this.change(frame.changed);
    else if (frame.alive) this.reconcile(frame.alive);
    else if ("state" in frame) this.replace(frame);
    else if ("taken" in frame) this.settle(frame);
  }

  begin(frame) {
    this.tries = 0;
    this.maySteer = frame.may_steer;
    this.skew = Date.parse(frame.now) - Date.now();
    const known = new Set(frame.calls.map((call) => call.id));
    for (const id of [...this.calls.keys()]) if (!known.has(id)) this.drop(id);
    for (const call of frame.calls) this.calls.set(call.id, call);
    this.tell("state", { good: true, text: "на связи" });
    this.tell("calls");
  }

  change({ id, seq, fields, lines }) {
    const call = this.calls.get(id);
    if (call ? seq !== call.seq + 1 : seq !== 1) {
      if (!call || seq > call.seq + 1) this.ask(id);
      return;
    }
    const before = call || { id, seq: 0, lines: [], targets: [], caller: "", contact: "", house: "", interim: "", saying: "", speaks: "", started_at: new Date(this.now).toISOString() };
    this.calls.set(id, { ...before, ...fields, seq, lines: [...before.lines, ...lines] });
    if (fields.command) this.answer(fields.command.id, "");
    this.tell("call", id);
    if (fields.ended) setTimeout(() => { if (this.calls.get(id)?.ended) this.drop(id); }, LiveFeed.ENDED_STAYS_MS);
  }

  reconcile(alive) {
    for (const [id, call] of [...this.calls]) {
      if (!(id in alive)) { if (!call.ended) this.drop(id); } else if (alive[id] > call.seq) this.ask(id);
    }
    for (const id of Object.keys(alive)) if (!this.calls.has(id)) this.ask(id);
  }

  replace({ id, state }) {
    if (!state) { if (this.calls.has(id) && !this.calls.get(id).ended) this.drop(id); return; }
    if (state.seq < (this.calls.get(id)?.seq ?? 0)) return;
    this.calls.set(id, state);
    this.tell("call", id);
  }

  drop(id) {
    this.calls.delete(id);
    this.tell("gone", id);
  }

  ask(id) { if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ want: id })); }

  // What became of a command: an empty string when the call's process has taken it, otherwise why not.
  command(call, kind, more = {}) {
    if (this.socket.readyState !== WebSocket.OPEN) return Promise.resolve("Нет связи: команда не передана.");
    const id = crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random()}`;
    return new Promise((settle) => {
      this.waiting.set(id, settle);
      this.socket.send(JSON.stringify({ call, kind, id, ...more }));
    });
  }

  settle({ taken, error }) {
    if (error) this.answer(taken, error);
    else setTimeout(() => this.answer(taken, "Команда передана, но телефония её не подтвердила."), LiveFeed.TAKEN_WITHIN_MS);
  }

  answer(id, error) {
    this.waiting.get(id)?.(error);
    this.waiting.delete(id);
  }

  tell(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail })); }
};
