// «Помощник»: comparing follows the choice at once, leaving an edited form is asked about, rules are added and moved,
// and a voice is listened to without leaving the page.
(() => {
  const compare = document.querySelector("[data-compare]");
  if (compare) {
    compare.querySelector("select").addEventListener("change", () => compare.requestSubmit());
    compare.querySelector("button").hidden = true;
  }

  const form = document.querySelector("[data-revision]");
  if (form) {
    let changed = false;
    form.addEventListener("input", () => { changed = true; });
    form.addEventListener("submit", () => { changed = false; });
    window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  }

  const rules = document.querySelector("[data-rules]");
  if (rules) {
    const total = document.querySelector("[name=rules-TOTAL_FORMS]");
    const rows = () => [...rules.querySelectorAll("[data-rule]")];
    const number = () => rows().forEach((row, index) => { row.querySelector("[name$=-ORDER]").value = index + 1; });
    const follow = (row) => {
      const reason = row.querySelector("[name$=-reason]");
      const show = () => row.querySelectorAll("[data-for]").forEach((part) => {
        part.hidden = !part.dataset.for.split(" ").includes(reason.value);
      });
      reason.addEventListener("change", show);
      show();
      row.querySelector(".vo-rule-order").hidden = true;
      row.querySelector("[data-moves]").hidden = false;
      row.querySelector("[data-up]").addEventListener("click", () => { row.previousElementSibling?.before(row); number(); });
      row.querySelector("[data-down]").addEventListener("click", () => { row.nextElementSibling?.after(row); number(); });
      row.querySelector("[data-remove]").addEventListener("click", () => { reason.value = ""; row.hidden = true; });
    };
    rows().forEach(follow);
    const add = document.querySelector("[data-rule-add]");
    add.hidden = false;
    add.addEventListener("click", () => {
      const html = document.querySelector("[data-rule-template]").innerHTML.replaceAll("__prefix__", total.value);
      rules.insertAdjacentHTML("beforeend", html);
      total.value = Number(total.value) + 1;
      follow(rules.lastElementChild);
      number();
      rules.lastElementChild.querySelector("select").focus();
    });
  }

  const listen = document.querySelector("[data-listen]");
  if (listen) {
    const [button, sound, told] = ["button", "sound", "told"].map((name) => listen.querySelector(`[data-listen-${name}]`));
    const tell = (text, bad) => { told.textContent = text; told.classList.toggle("is-bad", bad); };
    button.addEventListener("click", async (event) => {
      event.preventDefault();
      button.disabled = true;
      tell("Синтезируется…", false);
      try {
        const answer = await fetch(listen.dataset.listen, {
          method: "POST", body: new FormData(button.form), headers: { Accept: "application/json" },
        });
        const said = await answer.json();
        if (!answer.ok) throw new Error(said.error.message);
        sound.src = `data:audio/wav;base64,${said.wav}`;
        sound.hidden = false;
        tell(said.told, false);
        await sound.play().catch(() => {});
      } catch (error) {
        sound.hidden = true;
        tell(error instanceof SyntaxError || error instanceof TypeError ? "Не получилось: нет ответа сервера." : error.message, true);
      } finally {
        button.disabled = false;
      }
    });
  }
})();
