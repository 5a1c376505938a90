// What the page remembers in this tab: the talk so far, the draft and which conversation it was. Another person's is dropped.
"use strict";
window.ChatStore = class {
  static KEY = "vasdom.chat";
  static KEPT = 60;

  constructor(person) {
    this.person = person;
    const kept = this.read();
    this.state = kept && kept.person === person ? kept : this.fresh();
    this.write();
  }

  fresh() { return { person: this.person, session: "", draft: "", waiting: null, messages: [] }; }

  read() {
    try { return JSON.parse(sessionStorage.getItem(ChatStore.KEY)); } catch (error) { return null; }
  }

  write() {
    try { sessionStorage.setItem(ChatStore.KEY, JSON.stringify(this.state)); } catch (error) { /* full or forbidden: the page works without */ }
  }

  set(changes) { Object.assign(this.state, changes); this.write(); }

  add(message) {
    this.state.messages.push(message);
    this.state.messages.splice(0, Math.max(0, this.state.messages.length - ChatStore.KEPT));
    this.write();
    return message;
  }

  clear() { this.state = this.fresh(); this.write(); }
};
