
"use strict";
const SHOWN = 5;
const [drop, file, picture, told, bars] = ["drop", "file", "picture", "told", "bars"].map((id) => document.getElementById(id));
const mostBytes = Number(document.body.dataset.mostBytes);
let asked = 0;

function tell(text, wrong) {
  told.textContent = text;
  told.hidden = !text;
  told.classList.toggle("wrong", Boolean(wrong));
}

function show(chosen) {
  if (picture.src) URL.revokeObjectURL(picture.src);
  picture.src = URL.createObjectURL(chosen);
  picture.hidden = false;
  drop.querySelector("strong").textContent = "Choose another picture";
}
picture.addEventListener("error", () => { picture.hidden = true; });  // a TIFF, which browsers do not draw

function part(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function row({ name, probability }) {
  const percent = 100 * probability;
  const line = document.createElement("li");
  const track = part("span", "track", "");
  const bar = part("span", "bar", "");
  bar.style.width = `${percent}%`;
  track.append(bar);
  line.append(part("span", "name", name), track, part("span", "share", `${percent.toFixed(1)} %`));
  return line;
}

async function answerFor(chosen) {
  if (chosen.size > mostBytes) throw new Error(`The picture has ${(chosen.size / 1e6).toFixed(1)} MB; at most ${mostBytes / 1e6} MB can be sent.`);
  let reply;
  try {
    const type = chosen.type.startsWith("image/") ? chosen.type : "image/unknown";
    reply = await fetch("/classify", { method: "POST", body: chosen, headers: { "content-type": type } });
  } catch {
    throw new Error("The server does not answer. Is it still running?");
  }
  const answer = await reply.json();
  if (!reply.ok) throw new Error(`${answer.error[0].toUpperCase()}${answer.error.slice(1)}.`);
  return answer.classes;
}

async function ask(chosen) {
  if (!chosen) return;
  const turn = ++asked;
  show(chosen);
  bars.parentElement.classList.add("asked");
  bars.hidden = true;
  tell("Looking …");
  try {
    const classes = await answerFor(chosen);
    if (turn !== asked) return;  // another picture was chosen meanwhile
    bars.replaceChildren(...classes.slice(0, SHOWN).map(row));
    bars.hidden = false;
    tell("");
  } catch (error) {
    if (turn === asked) tell(error.message, true);
  }
}

file.addEventListener("change", () => { ask(file.files[0]); file.value = ""; });
for (const kind of ["dragover", "drop"]) document.addEventListener(kind, (event) => event.preventDefault());
document.addEventListener("dragover", () => drop.classList.add("over"));
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) drop.classList.remove("over"); });
document.addEventListener("drop", (event) => { drop.classList.remove("over"); ask(event.dataTransfer.files[0]); });
document.addEventListener("paste", (event) => ask(event.clipboardData.files[0]));
