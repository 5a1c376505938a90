// The sound and the notification of «Оператор». A browser lets a page make a sound only after a person has touched it,
// so the page says when it is mute.
"use strict";
window.LiveBell = class {
  static EVERY_MS = 2500;

  constructor() {
    this.title = document.title;
    this.sound = document.getElementById("live-sound");
    this.notes = document.getElementById("live-notes");
    this.sound.addEventListener("click", () => this.allow(true));
    document.addEventListener("pointerdown", () => this.allow(false), { once: true });
    this.notes.addEventListener("click", async () => { await Notification.requestPermission(); this.show(); });
    this.context = new AudioContext();
    this.context.addEventListener("statechange", () => this.show());
    this.show();
  }

  async allow(proof) {
    await this.context.resume();
    if (proof) this.beep();
    this.show();
  }

  show() {
    const mute = this.context.state !== "running";
    this.sound.classList.toggle("is-main", mute);
    this.sound.querySelector("[data-label]").textContent = mute ? "Включить звук" : "Звук включён";
    this.sound.querySelector(".of-icon").textContent = mute ? "volume_off" : "volume_up";
    this.notes.hidden = !("Notification" in window) || Notification.permission !== "default";
  }

  ring(wanted) {
    if (wanted === Boolean(this.timer)) return;
    clearInterval(this.timer);
    this.timer = null;
    document.title = this.title;
    if (!wanted) return;
    this.beep();
    this.timer = setInterval(() => {
      this.beep();
      document.title = document.title === this.title ? "☎ Звонок ждёт!" : this.title;
    }, LiveBell.EVERY_MS);
  }

  beep() {
    if (this.context.state !== "running") return;
    const begin = this.context.currentTime;
    for (const [after, pitch] of [[0, 660], [0.22, 880]]) {
      const tone = this.context.createOscillator();
      const loud = this.context.createGain();
      tone.frequency.value = pitch;
      loud.gain.setValueAtTime(0.0001, begin + after);
      loud.gain.exponentialRampToValueAtTime(0.25, begin + after + 0.02);
      loud.gain.exponentialRampToValueAtTime(0.0001, begin + after + 0.2);
      tone.connect(loud).connect(this.context.destination);
      tone.start(begin + after);
      tone.stop(begin + after + 0.21);
    }
    this.beeps = (this.beeps || 0) + 1;
    document.documentElement.dataset.beeps = this.beeps;
  }

  announce(who, why) {
    if (!("Notification" in window) || Notification.permission !== "granted") return;
    const note = new Notification("Звонок ждёт сотрудника", { body: [who, why].filter(Boolean).join("\n"), tag: who });
    note.onclick = () => { window.focus(); note.close(); };
  }
};
