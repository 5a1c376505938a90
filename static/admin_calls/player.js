// The player of a call's recording: plays, seeks by the waveform and by the turns' times, shows which turn sounds.
"use strict";
(() => {
  const SPEEDS = [1, 1.25, 1.5, 2, 0.75];
  const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
  let now = null; // what is set up, for the seeking buttons outside of the player

  function setUp() {
    const box = document.getElementById("call-player");
    const sound = box?.querySelector("[data-player-sound]");
    if (!sound || box.dataset.ready) return;
    box.dataset.ready = "1";
    const one = (name) => box.querySelector(`[data-player-${name}]`);
    const wave = one("wave");
    const drawing = JSON.parse(document.getElementById("call-drawing").textContent);
    const draw = window.callWaveform(wave.querySelector("canvas"), drawing);
    let wanted = 0; // where the needle is
    let awaited = false; // the needle was put there before the sound was loaded
    let shown = null;

    const turnAt = (seconds) => drawing.turns.findLast((turn) => turn.from <= seconds + 0.01 && seconds < turn.to)?.number ?? null;

    function show() {
      const current = sound.paused && !wanted ? null : turnAt(wanted);
      draw(wanted, current);
      one("now").textContent = clock(wanted);
      wave.setAttribute("aria-valuenow", wanted.toFixed(1));
      wave.setAttribute("aria-valuetext", `${clock(wanted)} из ${clock(drawing.seconds)}`);
      if (current === shown) return;
      document.querySelector(".call-turn.is-sounding")?.classList.remove("is-sounding");
      shown = current;
      if (current !== null) document.getElementById(`turn-${current}`)?.classList.add("is-sounding");
    }

    function seek(seconds) {
      wanted = Math.min(Math.max(0, seconds), Math.max(0, drawing.seconds - 0.05));
      if (sound.readyState) sound.currentTime = wanted;
      else awaited = true;
      show();
    }

    async function play() {
      try {
        await sound.play();
        one("fault").hidden = true;
      } catch (fault) {
        one("fault").hidden = fault.name === "AbortError";
      }
    }

    function tick() {
      if (!awaited && sound.readyState && !sound.seeking) wanted = sound.currentTime;
      show();
      if (!sound.paused && box.isConnected) requestAnimationFrame(tick);
    }

    function toggled() {
      one("toggle").querySelector(".of-icon").textContent = sound.paused ? "play_arrow" : "pause";
      one("toggle").setAttribute("aria-label", sound.paused ? "Слушать" : "Пауза");
      if (!sound.paused) tick();
    }

    sound.addEventListener("loadedmetadata", () => {
      if (awaited) sound.currentTime = wanted;
      awaited = false;
    });
    for (const name of ["play", "pause", "ended"]) sound.addEventListener(name, toggled);
    sound.addEventListener("seeked", show);
    one("toggle").addEventListener("click", () => (sound.paused ? play() : sound.pause()));
    one("speed").addEventListener("click", (event) => {
      sound.playbackRate = SPEEDS[(SPEEDS.indexOf(sound.playbackRate) + 1) % SPEEDS.length];
      event.target.textContent = `${String(sound.playbackRate).replace(".", ",")}×`;
    });
    for (const button of box.querySelectorAll("[data-player-skip]")) {
      button.addEventListener("click", () => seek(wanted + Number(button.dataset.playerSkip)));
    }
    const at = (event) => ((event.clientX - wave.getBoundingClientRect().left) / wave.clientWidth) * drawing.seconds;
    wave.addEventListener("pointerdown", (event) => { wave.setPointerCapture(event.pointerId); seek(at(event)); });
    wave.addEventListener("pointermove", (event) => { if (wave.hasPointerCapture(event.pointerId)) seek(at(event)); });
    wave.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -5, ArrowRight: 5, Home: -Infinity, End: Infinity }[event.key];
      if (event.key === " ") one("toggle").click();
      else if (step === undefined) return;
      else seek(wanted + step);
      event.preventDefault();
    });
    new ResizeObserver(show).observe(wave);
    new MutationObserver(show).observe(document.documentElement, { attributeFilter: ["class"] });
    one("length").textContent = `из ${clock(drawing.seconds)}`;
    wave.setAttribute("aria-valuemax", drawing.seconds.toFixed(1));
    show();
    now = { seek, play };
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-seek]");
    if (!button || !now) return;
    now.seek(Number(button.dataset.seek) / 1000);
    now.play();
  });
  document.addEventListener("live:changed", setUp);
  setUp();
})();
