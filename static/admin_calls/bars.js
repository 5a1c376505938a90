// On a narrow screen the columns of days are scrolled to the latest ones.
"use strict";
for (const bars of document.querySelectorAll(".call-bars")) bars.scrollLeft = bars.scrollWidth;
