// Says whether the page hears of the calls: a page that does not must not look as if nobody called.
"use strict";
window.liveState = (feed) => {
  const mark = document.getElementById("live-state");
  feed.addEventListener("state", ({ detail }) => {
    mark.textContent = detail.text;
    mark.classList.toggle("is-stale", !detail.good);
  });
};
