// Draws each chart into the box before its specification. Ink is currentColor, so a change between light
// and dark needs no redrawing.
"use strict";

for (const script of document.querySelectorAll("script.spec")) {
  const options = { mode: "vega-lite", renderer: "svg", actions: false, defaultStyle: false };
  vegaEmbed(script.previousElementSibling, JSON.parse(script.textContent), options);
}

// On paper nothing can be unfolded.
const folded = () => document.querySelectorAll("details:not([open])");
addEventListener("beforeprint", () => {
  for (const details of folded()) {
    details.dataset.folded = "";
    details.open = true;
  }
});
addEventListener("afterprint", () => {
  for (const details of document.querySelectorAll("details[data-folded]")) {
    details.open = false;
    delete details.dataset.folded;
  }
});
