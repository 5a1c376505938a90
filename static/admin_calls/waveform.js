// Draws both sides of a recording: the caller above the line, we below; where the turns lie, and how far it has played.
"use strict";
window.callWaveform = (canvas, drawing) => {
  const style = () => getComputedStyle(canvas);
  const colour = (name) => style().getPropertyValue(name).trim();

  const loudest = Math.max(20, ...drawing.caller, ...drawing.ours);

  function bars(context, peaks, width, middle, up, ink) {
    if (!peaks.length) return;
    const columns = Math.max(1, Math.floor(width / 3));
    context.fillStyle = ink;
    for (let column = 0; column < columns; column++) {
      const from = Math.floor((column / columns) * peaks.length);
      const to = Math.max(from + 1, Math.floor(((column + 1) / columns) * peaks.length));
      let loud = 0;
      for (let at = from; at < to && at < peaks.length; at++) loud = Math.max(loud, peaks[at]);
      // The ear hears loudness by its logarithm; drawn straight, ordinary speech is a thin line.
      const tall = loud ? Math.max(1.5, Math.sqrt(loud / loudest) * (middle - 3)) : 0.75;
      context.fillRect((column / columns) * width, up ? middle - 1 - tall : middle + 1, 2, tall);
    }
  }

  return (seconds, current) => {
    const { clientWidth: width, clientHeight: height } = canvas;
    const scale = window.devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
      [canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
    }
    const context = canvas.getContext("2d");
    const middle = height / 2;
    const place = (at) => (drawing.seconds ? (at / drawing.seconds) * width : 0);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    for (const turn of drawing.turns) {
      const mine = turn.speaker === "caller";
      context.globalAlpha = turn.number === current ? 0.3 : 0.1;
      context.fillStyle = colour(mine ? "--call-caller" : "--call-ours");
      context.fillRect(place(turn.from), mine ? 0 : middle, Math.max(2, place(turn.to - turn.from)), middle);
    }
    const played = place(seconds);
    for (const [begin, end, alpha] of [[0, played, 1], [played, width, 0.55]]) {
      context.save();
      context.beginPath();
      context.rect(begin, 0, end - begin, height);
      context.clip();
      context.globalAlpha = alpha;
      bars(context, drawing.caller, width, middle, true, colour("--call-caller"));
      bars(context, drawing.ours, width, middle, false, colour("--call-ours"));
      context.restore();
    }
    context.globalAlpha = 1;
    context.fillStyle = colour("--of-strong");
    context.fillRect(Math.min(Math.max(0, played - 0.75), width - 1.5), 0, 1.5, height);
  };
};
