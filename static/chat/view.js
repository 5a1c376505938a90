// How turns look. Everything said is put in as text, never as markup.
"use strict";
window.ChatView = (() => {
  const BASES = { crm: "из графика и домов" };

  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function turn(message) {
    const box = element("article", `ch-turn is-${message.who}`);
    box.setAttribute("aria-label", message.who === "me" ? "Вы" : "Ассистент");
    box.append(element("div", "ch-bubble of-prose", message.text));
    return box;
  }

  function thinking(box) {
    const dots = element("span", "ch-dots");
    dots.setAttribute("aria-label", "Ассистент отвечает");
    dots.append(element("i"), element("i"), element("i"));
    box.querySelector(".ch-bubble").replaceChildren(dots);
  }

  function say(box, text) { box.querySelector(".ch-bubble").textContent = text; }

  function citation(one) {
    const box = element("details", "ch-source");
    const head = element("summary");
    head.append(element("span", "of-strong", one.document), document.createTextNode(one.heading ? ` · ${one.heading}` : " "));
    head.append(element("span", "of-chip", `[${one.base}]`));
    box.append(head);
    if (one.age) box.append(element("p", "of-small of-muted", one.age));
    box.append(element("div", "of-prose", one.text));
    return box;
  }

  function sources(message) {
    const found = message.citations || [];
    if (!found.length) return null;
    const box = element("details", "ch-sources");
    box.append(element("summary", "", `Источники: ${found.length}`), ...found.map(citation));
    return box;
  }

  function tools(message) {
    const used = message.tools || [];
    if (!used.length) return null;
    const box = element("details", "ch-sources");
    box.append(element("summary", "", `Что проверено: ${used.map((one) => one.label).join(", ")}`));
    used.forEach((one) => {
      const line = element("div", "ch-tool");
      line.append(element("b", "of-strong", one.label), element("div", "of-prose", one.result));
      const tasks = document.querySelector("[data-tasks]")?.dataset.tasks;
      if (tasks && one.task_id) { const link = element("a", "of-link", `Задача № ${one.task_id}`); link.href = `${tasks}${one.task_id}/change/`; line.append(link); }
      box.append(line);
    });
    return box;
  }

  function marks(message) {
    const box = element("div", "ch-marks of-small of-muted");
    if (message.base) { const chip = element("span", "of-chip", `[${message.base}]`); if (BASES[message.base]) chip.title = BASES[message.base]; box.append(chip); }
    if (message.answered === false) box.append(element("span", "of-chip is-warn", "ответа не нашлось"));
    if (message.interrupted) box.append(element("span", "of-chip is-warn", "прерван"));
    if (message.seconds >= 0.1) box.append(element("span", "", `${message.seconds.toFixed(1).replace(".", ",")} с`));
    return box;
  }

  function rating(message, rate) {
    const box = element("form", "ch-rating");
    const stars = element("fieldset", "ch-stars");
    stars.append(element("legend", "of-hidden", "Оценка ответа"));
    const note = element("div", "ch-note of-row");
    const field = element("input", "of-input");
    field.maxLength = 1000; field.placeholder = "Что не так или что понравилось"; field.value = message.comment || "";
    field.setAttribute("aria-label", "Комментарий к оценке");
    const save = element("button", "of-btn is-small", "Сохранить");
    save.type = "submit";
    note.append(field, save);
    note.hidden = true;
    const name = `rate-${message.key}`;
    for (let value = 1; value <= 5; value += 1) {
      const label = element("label", "ch-star");
      const input = element("input");
      input.type = "radio"; input.name = name; input.value = value; input.checked = message.rating === value;
      input.setAttribute("aria-label", `${value} из 5`);
      input.addEventListener("change", () => { paint(); note.hidden = false; rate(value, field.value.trim()); });
      label.append(input, element("span", "", "★"));
      stars.append(label);
    }
    function paint() {
      const chosen = Number(stars.querySelector("input:checked")?.value || 0);
      stars.querySelectorAll(".ch-star").forEach((label, index) => label.classList.toggle("is-on", index < chosen));
    }
    box.addEventListener("submit", (event) => {
      event.preventDefault();
      const chosen = Number(stars.querySelector("input:checked")?.value || 0);
      if (chosen) rate(chosen, field.value.trim(), true);
      note.hidden = true;
    });
    paint();
    box.append(element("span", "of-small of-muted", "Оценить:"), stars, note);
    return box;
  }

  function finish(box, message, rate) {
    box.querySelector(".ch-foot")?.remove();
    const foot = element("div", "ch-foot");
    foot.append(...[sources(message), tools(message), marks(message)].filter(Boolean));
    if (message.turn && rate) foot.append(rating(message, rate));
    box.append(foot);
  }

  function failed(box, text, again) {
    box.querySelector(".ch-again")?.remove();
    const line = element("div", "ch-again of-row of-small");
    line.append(element("span", "", text));
    if (again) { const button = element("button", "of-btn is-small", "Повторить"); button.type = "button"; button.addEventListener("click", again); line.append(button); }
    box.append(line);
  }

  return { element, turn, thinking, say, finish, failed };
})();
