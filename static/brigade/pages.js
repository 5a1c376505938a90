// The brigade pages with JavaScript: without it every form works by itself.
"use strict";
document.documentElement.classList.add("js");
(() => {
  const BIG_BYTES = 4 * 1024 * 1024, LONGEST_SIDE = 2400;
  const user = document.body.dataset.user;
  const visit = document.body.dataset.visit || "";
  const bar = document.getElementById("outbox");
  const byId = (id) => document.getElementById(id);
  const signInUrl = () => document.body.dataset.signIn + "?next=" + encodeURIComponent(location.pathname + location.search);
  let signedOut = false;

  function element(tag, properties = {}, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }
  const plural = (n, one, few, many) => {
    const ten = n % 10, hundred = n % 100;
    if (ten === 1 && hundred !== 11) return one;
    return ten >= 2 && ten <= 4 && (hundred < 12 || hundred > 14) ? few : many;
  };
  const link = (href, text) => element("a", { href, textContent: text });
  const button = (text, action) => {
    const made = element("button", { type: "button", textContent: text });
    made.addEventListener("click", action);
    return made;
  };

  // --- the bar over every page: what still waits in this phone
  async function showBar() {
    const items = await Outbox.all();
    const rows = [];
    const here = (item) => item.visit === visit && item.kind === "photo"; // shown in the list of photos itself
    const photos = items.filter((item) => item.kind === "photo" && !item.refused).length;
    const reports = items.filter((item) => item.kind !== "photo" && !item.refused);
    if (photos) rows.push(element("p", {}, `${photos} фото ${plural(photos, "ждёт", "ждут", "ждут")} отправки`));
    for (const item of reports) rows.push(element("p", {}, `${item.title}: ${item.house} — ждёт отправки`));
    for (const item of items.filter((one) => one.refused && !here(one))) {
      rows.push(element("p", { className: "refused" }, `${item.title}${item.house ? ", " + item.house : ""}: ${item.refused} `,
        link(item.page, "Открыть"), button("Убрать", () => Outbox.remove(item.id))));
    }
    if ((photos || reports.length) && signedOut) rows.push(element("p", {}, "Вы вышли из системы: всё сохранено в телефоне. ", link(signInUrl(), "Войти и отправить")));
    else if ((photos || reports.length) && !navigator.onLine) rows.push(element("p", { className: "small" }, "Нет связи. Отправится само, когда она появится."));
    const others = await Outbox.others();
    if (others && user) rows.push(element("p", { className: "small" }, `В телефоне ещё ${others} ${plural(others, "отправление", "отправления", "отправлений")} другого сотрудника: уйдут, когда он войдёт.`));
    const text = rows.map((row) => row.textContent).join("|");
    if (bar.dataset.text !== text) {
      bar.dataset.text = text;
      bar.replaceChildren(...rows);
    }
    bar.hidden = !rows.length;
  }

  // --- drafts: what was typed survives a reload and a sign-in
  function keepDrafts(form) {
    const key = `draft:${user}:${visit}:${form.dataset.report}`;
    const fields = [...form.querySelectorAll("textarea, input[type=radio]")];
    try {
      const saved = JSON.parse(sessionStorage.getItem(key) || "{}");
      for (const field of fields) {
        if (field.type === "radio") field.checked ||= saved[field.name] === field.value;
        else field.value ||= saved[field.name] || "";
      }
      if (Object.values(saved).some(Boolean) && form.closest("details")) form.closest("details").open = true;
    } catch { /* no storage: the form still works */ }
    form.addEventListener("input", () => {
      const values = {};
      for (const field of fields) if (field.type !== "radio" || field.checked) values[field.name] = field.value;
      try { sessionStorage.setItem(key, JSON.stringify(values)); } catch { /* full or forbidden */ }
    });
  }
  const dropDrafts = (number) => {
    for (const name of ["finish", "not_possible"]) {
      try { sessionStorage.removeItem(`draft:${user}:${number}:${name}`); } catch { /* forbidden */ }
    }
  };

  // --- reports
  const reports = [...document.querySelectorAll("form[data-report]")];
  const house = document.querySelector("main h1")?.textContent || "";

  function busy(form, on) {
    for (const one of form.querySelectorAll("button")) one.setAttribute("aria-disabled", String(on));
  }
  function showErrors(form, error) {
    for (const place of form.querySelectorAll("[data-error-for]")) place.textContent = "";
    const place = form.querySelector(`[data-error-for="${error.field || ""}"]`) || form.querySelector('[data-error-for=""]');
    if (place) place.textContent = error.message || "Не получилось. Попробуйте ещё раз.";
    const field = error.field && form.querySelector(`[name="${error.field}"]`);
    if (field) { field.setAttribute("aria-invalid", "true"); field.focus(); }
  }
  async function report(event) {
    event.preventDefault();
    const form = event.target;
    if (form.querySelector('[aria-disabled="true"]')) return;
    busy(form, true);
    const fields = Object.fromEntries([...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken"));
    if (form.dataset.report === "not_possible" && !fields.reason) {
      busy(form, false);
      return showErrors(form, { field: "reason", message: "Выберите причину, по которой уборка не выполнена." });
    }
    await Outbox.add({ kind: form.dataset.report, visit, url: form.action, page: location.pathname, fields, title: form.dataset.name, house });
    await showPending();
    await Outbox.flush();
  }

  // A start changes the page in place: a reload might take a photo away that is just being chosen.
  function showStarted(answer) {
    if (answer.status !== "in_progress") return false;
    for (const state of document.querySelectorAll(".when .state")) {
      state.className = "state in_progress";
      state.textContent = answer.status_label;
    }
    document.querySelector(".starter")?.remove();
    delete byId("work")?.dataset.waitsForStart;
    return true;
  }

  // What the page looks like while its own reports wait in the phone.
  async function showPending() {
    const waiting = (await Outbox.all()).filter((item) => item.visit === visit && item.kind !== "photo" && !item.refused).map((item) => item.kind);
    const closing = waiting.includes("finish") || waiting.includes("not_possible");
    const work = byId("work"), starter = document.querySelector(".starter");
    const begun = waiting.includes("start");
    if (work && starter && begun && starter.contains(document.activeElement)) setTimeout(() => work.focus());
    if (starter) starter.hidden = waiting.length > 0;
    if (work && "waitsForStart" in work.dataset) work.hidden = !begun;
    for (const form of reports) busy(form, closing || waiting.includes(form.dataset.report));
    await showBar();
  }

  // --- photos
  const queue = byId("queue"), photoStatus = byId("photo-status");
  const rows = new Map();
  let sent = 0, taken = 0, choosing = 0;

  function photoRow(item) {
    if (rows.has(item.id)) return rows.get(item.id);
    const url = URL.createObjectURL(new Blob([item.body], { type: item.type }));
    const row = element("li", {},
      element("img", { src: url, alt: "" }),
      element("span", { className: "name", textContent: item.name }),
      element("span", { className: "says" }, element("progress", { max: 1, value: 0, ariaLabel: "Отправка " + item.name }), element("span", { textContent: "Ждёт отправки" })),
      element("span", { className: "does" }));
    const preview = row.querySelector("img");
    preview.addEventListener("error", () => preview.classList.add("unseen"));
    queue.append(row);
    rows.set(item.id, row);
    return row;
  }
  function photoSays(item, text, { again = false, refused = false } = {}) {
    const row = photoRow(item);
    row.classList.toggle("refused", refused);
    row.querySelector(".says span").textContent = text;
    const actions = [];
    if (again) actions.push(button("Повторить", () => Outbox.retry(item.id)));
    if (refused) actions.push(button("Убрать", () => Outbox.remove(item.id)));
    row.querySelector(".does").replaceChildren(...actions);
  }
  function dropRow(id) {
    const row = rows.get(id);
    if (!row) return;
    URL.revokeObjectURL(row.querySelector("img").src);
    row.remove();
    rows.delete(id);
  }
  function showPhoto(photo) {
    const box = byId("sent-photos");
    if (box.querySelector(`[href="${photo.url}"]`)) return;
    let list = box.querySelector(".photos");
    if (!list) box.append((list = element("ul", { className: "photos" })));
    const number = list.children.length + 1;
    list.append(element("li", {}, element("a", { href: photo.url },
      element("img", { src: photo.url + "?w=320", width: photo.width, height: photo.height, alt: "Фото " + number }))));
    byId("photo-count").textContent = number;
  }

  // Spares mobile data; the browser turns the picture upright while it draws it. What it cannot read goes as it is.
  async function smaller(file) {
    if (file.size <= BIG_BYTES || !window.createImageBitmap) return file;
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
      const canvas = element("canvas", { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      picture.close();
      const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.88));
      return blob && blob.size < file.size ? blob : file;
    } catch { return file; }
  }
  async function choose(event) {
    const files = [...event.target.files];
    const section = byId("photos");
    choosing += 1;
    for (const file of files) {
      // The bytes are copied at once: a phone's gallery may withdraw the file later.
      try {
        const picture = await smaller(file);
        const body = await picture.arrayBuffer();
        await Outbox.add({ kind: "photo", visit, url: section.dataset.upload, page: location.pathname, body, type: picture.type, name: file.name, title: "Фото", house });
        taken += 1;
      } catch { photoStatus.textContent = `Не удалось прочитать «${file.name}». Выберите его ещё раз.`; }
    }
    event.target.value = "";
    choosing -= 1;
    await Outbox.flush();
  }

  // --- events of the outbox
  let reload = "";
  Outbox.listen(async (event, item, extra) => {
    const mine = item && item.visit === visit && visit;
    if (mine && item.kind === "photo" && queue) {
      if (event === "added") photoSays(item, "Ждёт отправки");
      if (event === "sending") photoSays(item, "Отправляется…");
      if (event === "progress") photoRow(item).querySelector("progress").value = extra;
      if (event === "waiting") photoSays(item, extra, { again: true });
      if (event === "sign-in") photoSays(item, "Сохранено в телефоне: войдите, чтобы отправить.");
      if (event === "refused") photoSays(item, item.refused, { refused: true });
      if (event === "sent") {
        dropRow(item.id);
        showPhoto(extra.photo);
        sent += 1;
        photoStatus.textContent = `Отправлено ${sent} из ${Math.max(taken, sent)} фото`;
      }
    }
    if (event === "removed" && rows.has(item.id)) {
      dropRow(item.id);
      taken -= 1;
    }
    if (event === "sign-in") signedOut = true;
    if (event === "sent" && item.kind !== "photo") {
      if (item.kind !== "start") dropDrafts(item.visit);
      if (mine && !(item.kind === "start" && showStarted(extra))) reload = extra.next;
      else if (!mine && !visit) reload = location.href;
    }
    if (event === "refused" && mine && item.kind !== "photo") {
      const form = reports.find((one) => one.dataset.report === item.kind);
      if (form && extra.code !== "conflict") { showErrors(form, extra); await Outbox.remove(item.id); }
      else reload = location.href; // somebody else reported meanwhile: show what stands
      await showPending();
    }
    if (event === "empty" || (reload && event === "waiting")) {
      if (reload && !choosing) return location.replace(reload);
    }
    if (event !== "progress") await showPending();
  });

  async function begin() {
    for (const form of reports) {
      form.addEventListener("submit", report);
      if ("draft" in form.dataset) keepDrafts(form);
    }
    if (queue) {
      for (const item of await Outbox.all()) if (item.kind === "photo" && item.visit === visit) {
        taken += 1;
        if (item.refused) photoSays(item, item.refused, { refused: true });
        else photoSays(item, "Ждёт отправки");
      }
      for (const input of document.querySelectorAll("#photo-form input[type=file]")) input.addEventListener("change", choose);
      if (!(await Outbox.lasting())) photoStatus.textContent = "Браузер не хранит фото: не закрывайте страницу, пока они не уйдут.";
    }
    window.addEventListener("offline", showBar);
    await showPending();
    await Outbox.flush();
  }
  // A page taken back from the browser's memory would show an old state.
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  begin();
})();
