// The page «AI Чат»: what is typed goes to the line, what comes back goes to the view, and both are kept for a reload.
"use strict";
(() => {
  const root = document.querySelector("[data-chat]");
  if (!root) return;
  const part = (name) => root.querySelector(`[data-${name}]`);
  const [log, turns, text, send, stop] = [part("log"), part("turns"), root.querySelector("textarea"), part("send"), part("stop")];
  const store = new ChatStore(root.dataset.person);
  const line = new ChatLine(store.state.session);
  const boxes = new Map(); // key of a message -> its box
  let answer = null; // the message being answered now
  let number = Date.now();

  const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  function follow(wasAtEnd) {
    if (wasAtEnd) log.scrollTop = log.scrollHeight;
    part("down").hidden = atEnd();
  }

  function put(message) {
    const stay = atEnd();
    const box = ChatView.turn(message);
    boxes.set(message.key, box);
    turns.append(box);
    if (message.who === "ai" && message.done) ChatView.finish(box, message, rater(message));
    follow(stay || message.who === "me");
    part("quick").classList.toggle("is-folded", store.state.messages.some((one) => one.who === "me"));
    return box;
  }

  function rater(message) {
    if (!message.turn || !("rates" in root.dataset)) return null;
    return (rating, comment) => {
      Object.assign(message, { rating, comment });
      store.write();
      const sent = line.send({ type: "rate", id: message.key, call: message.call, turn: message.turn, rating, comment });
      if (!sent) toast("Нет связи: оценка не сохранена.", true);
    };
  }

  function toast(words, bad) {
    const box = ChatView.element("div", `of-note ${bad ? "is-bad" : "is-good"}`, words);
    part("toasts").append(box);
    setTimeout(() => box.remove(), 5000);
  }

  function showState(words, good) {
    part("state").textContent = words;
    part("dot").classList.toggle("is-on", Boolean(good));
  }

  // --- asking

  function ask(words) {
    if (answer || !words) return false;
    if (!line.isOpen) { toast("Нет связи. Вопрос останется в поле.", true); line.open(); return false; }
    number += 1;
    const question = store.add({ key: `q${number}`, who: "me", text: words });
    put(question);
    begin(question);
    return true;
  }

  function begin(question) {
    answer = { key: question.key.replace("q", "a"), who: "ai", text: "", question: question.key, at: performance.now() };
    boxes.get(question.key)?.querySelector(".ch-again")?.remove();
    ChatView.thinking(put(answer));
    follow(true);
    busy(true);
    store.set({ waiting: question.key });
    line.send({ type: "message", id: answer.key, text: question.text });
  }

  function repeat(question) {
    if (answer) return;
    if (!line.isOpen) { toast("Пока нет связи.", true); return; }
    begin(question);
  }

  function busy(is) {
    send.hidden = is;
    stop.hidden = !is;
    root.classList.toggle("is-busy", is);
    if (!is) stop.disabled = false;
  }

  function settle() { answer = null; store.set({ waiting: null }); busy(false); }

  function fail(words) {
    const question = store.state.messages.find((one) => one.key === answer.question);
    if (answer.text) {
      store.add({ ...answer, done: true, interrupted: true });
      ChatView.finish(boxes.get(answer.key), { ...answer, interrupted: true }, null);
    } else boxes.get(answer.key).remove();
    if (question) ChatView.failed(boxes.get(question.key), words, () => repeat(question));
    part("said").textContent = words;
    settle();
  }

  // --- what the line tells

  const on = (name, act) => line.addEventListener(name, (event) => act(event.detail));
  const mine = (frame) => answer && frame.id === answer.key;

  on("state", (words) => showState(words));
  on("closed", (words) => { showState(words); toast(words, true); });
  on("ready", (frame) => { showState("На связи", true); store.set({ session: frame.session }); });
  on("lost", () => { if (answer) fail("Связь прервалась, ответ не получен."); });
  on("greeting", (frame) => {
    if (store.state.messages.length) return; // the same talk goes on after a lost connection or a reload
    number += 1;
    put(store.add({ key: `g${number}`, who: "ai", text: frame.text }));
    part("said").textContent = frame.text;
  });
  on("delta", (frame) => {
    if (!mine(frame)) return;
    const stay = atEnd();
    answer.text += frame.text;
    ChatView.say(boxes.get(answer.key), answer.text);
    follow(stay);
  });
  on("citations", (frame) => { if (mine(frame)) answer.citations = frame.citations; });
  on("end", (frame) => {
    if (!mine(frame)) return;
    const stay = atEnd();
    Object.assign(answer, {
      done: true, base: frame.base, answered: frame.answered, interrupted: frame.interrupted, tools: frame.tools,
      turn: frame.turn, call: frame.call, seconds: (performance.now() - answer.at) / 1000,
    });
    const message = store.add(answer);
    if (!message.text) ChatView.say(boxes.get(message.key), "—");
    ChatView.finish(boxes.get(message.key), message, rater(message));
    part("said").textContent = message.text;
    settle();
    follow(stay);
  });
  on("rated", () => toast("Спасибо, оценка сохранена."));
  on("error", (frame) => { if (mine(frame)) fail(frame.message); else toast(frame.message, true); });

  // --- what the person does

  function grow() {
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight + 2, 160)}px`;
    const left = Number(root.dataset.length) - text.value.length;
    part("count").textContent = left < 100 ? `Осталось знаков: ${left}.` : "";
  }

  part("form").addEventListener("submit", (event) => {
    event.preventDefault();
    if (ask(text.value.trim())) { text.value = ""; store.set({ draft: "" }); grow(); }
    text.focus();
  });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); part("form").requestSubmit(); }
    if (event.key === "Escape" && answer) stop.click();
  });
  text.addEventListener("input", () => { store.set({ draft: text.value }); grow(); });
  stop.addEventListener("click", () => { stop.disabled = true; line.send({ type: "stop" }); });
  part("quick").addEventListener("click", (event) => { if (event.target.matches("button")) ask(event.target.textContent); });
  part("down").addEventListener("click", () => { log.scrollTop = log.scrollHeight; });
  log.addEventListener("scroll", () => { part("down").hidden = atEnd(); });
  part("restart").addEventListener("click", () => {
    if (answer) settle();
    const draft = text.value;
    store.clear();
    store.set({ draft });
    boxes.clear();
    turns.replaceChildren();
    part("quick").classList.remove("is-folded");
    line.restart();
    text.focus();
  });

  store.state.messages.forEach(put);
  const unanswered = store.state.messages.find((one) => one.key === store.state.waiting);
  if (unanswered) ChatView.failed(boxes.get(unanswered.key), "Ответ не получен.", () => repeat(unanswered));
  store.set({ waiting: null });
  text.value = store.state.draft;
  grow();
  follow(true);
  line.open();
  if (matchMedia("(hover: hover)").matches) text.focus();
})();
