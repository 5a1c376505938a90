// One call that goes on, drawn: who, how long, who speaks, what was said. Only text is ever put in.
"use strict";
window.LiveCard = class {
  static config = JSON.parse(document.getElementById("live-config").textContent);
  static SPEAKERS = { caller: "Звонящий", assistant: "Ассистент", operator: "Оператор" };
  static HANDOVER_CHIPS = { wanted: "is-warn", ringing: "is-busy", accepted: "is-good", callback: "is-warn", closed: "is-warn", back: "" };

  constructor(template) {
    this.root = template.content.firstElementChild.cloneNode(true);
    this.drawn = 0;
    this.part("lines").addEventListener("scroll", (event) => {
      const box = event.target;
      this.away = box.scrollTop + box.clientHeight < box.scrollHeight - 30;
    });
  }

  part(name) { return this.root.querySelector(`[data-part=${name}]`); }

  static element(tag, kind, text) {
    const one = document.createElement(tag);
    if (kind) one.className = kind;
    if (text !== undefined) one.textContent = text;
    return one;
  }

  static clock(iso) { return new Date(iso).toLocaleTimeString("ru-RU", { timeZone: LiveCard.config.zone, hour: "2-digit", minute: "2-digit", second: "2-digit" }); }

  draw(call) {
    const { config } = LiveCard;
    const who = this.part("caller");
    who.textContent = call.caller || "без номера";
    if (config.call) who.href = config.call.replace(config.nowhere, call.id);
    this.part("contact").textContent = call.contact || "";
    this.house(call, config);
    this.root.classList.toggle("is-ended", Boolean(call.ended));
    this.root.dataset.speaks = call.ended ? "" : call.speaks || "";
    this.part("speaks").textContent = this.state(call, config);
    this.handover(call, config);
    this.lines(call);
    this.call = call;
  }

  state(call, config) {
    if (call.ended) return config.endings[call.ended.ending] || "Завершён";
    if (call.speaks) return call.speaks === "caller" ? "говорит звонящий" : "говорит ассистент";
    return call.greeted || call.lines.length ? "пауза" : "поступил";
  }

  house(call, config) {
    const place = this.part("house");
    place.textContent = call.house || "дом не определён";
    place.classList.toggle("of-muted", !call.house);
    if (call.house && call.house_id && config.house) place.href = config.house.replace("/0/", `/${call.house_id}/`);
    else place.removeAttribute("href");
  }

  handover(call, config) {
    const chip = this.part("handover");
    chip.hidden = !call.handover;
    if (!call.handover) return;
    const { state, target } = call.handover;
    chip.className = `of-chip ${LiveCard.HANDOVER_CHIPS[state] ?? "is-bad"}`;
    chip.textContent = [config.handovers[state] || state, target].filter(Boolean).join(": ");
  }

  lines(call) {
    const box = this.part("lines");
    if (call.lines.length < this.drawn || !this.call || call.seq < this.call.seq) { box.replaceChildren(); this.drawn = 0; }
    for (const pending of box.querySelectorAll(".is-pending")) pending.remove();
    for (const line of call.lines.slice(this.drawn)) box.append(this.line(line));
    this.drawn = call.lines.length;
    if (call.saying) box.append(this.pending("assistant", call.saying));
    if (call.interim) box.append(this.pending("caller", call.interim));
    if (!this.away) box.scrollTop = box.scrollHeight;
  }

  line(line) {
    const { element, clock } = LiveCard;
    if (line.note !== undefined) {
      const note = element("div", `live-note${line.bad ? " is-bad" : ""}`);
      note.append(element("time", "", clock(line.at)), ` ${line.note}`);
      return note;
    }
    const said = element("div", `live-line is-${line.speaker}${line.spoken_to === false ? " is-small" : ""}`);
    said.append(element("time", "", clock(line.at)), element("b", "", `${LiveCard.SPEAKERS[line.speaker] || line.speaker}: `));
    said.append(element("span", "", line.digits ? `нажал ${line.text}` : line.text));
    if (line.cut) said.append(" ", element("del", "", line.cut));
    return said;
  }

  pending(speaker, text) {
    const said = LiveCard.element("div", `live-line is-pending is-${speaker}`);
    said.append(LiveCard.element("b", "", `${LiveCard.SPEAKERS[speaker]}: `), LiveCard.element("span", "", speaker === "caller" ? `${text}…` : text));
    return said;
  }

  tick(now) {
    if (!this.call) return;
    const until = this.call.ended ? Date.parse(this.call.ended.at) : now;
    const seconds = Math.max(0, Math.round((until - Date.parse(this.call.started_at)) / 1000));
    this.part("length").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }
};
