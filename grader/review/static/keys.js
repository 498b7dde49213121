"use strict";

// The keys of the pages; the last script, which also shows the first card.
function writeNote() {
  const note = current()?.querySelector(".note");
  if (!note) return;
  note.open = true;
  note.querySelector("[name=note]").focus();
}

const everywhere = { u: nextPending, z: openZeros, "?": () => document.getElementById("help").showModal() };
const keys = {
  j: () => (page.page === "student" ? leave(page.after) : step(1)),
  k: () => (page.page === "student" ? leave(page.before) : step(-1)),
  n: () => (page.page === "student" ? step(1) : leave(page.after)),
  p: () => (page.page === "student" ? step(-1) : leave(page.before)),
  q: across,
  r: () => current()?.querySelector(".remarks button")?.focus(),
  i: writeNote,
  c: () => current()?.querySelector("[name=comment]").focus(),
  o: () => current()?.querySelector("[data-open]")?.click(),
  ...(holdsWriteUps ? writeUpKeys : {}),
};

document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (event.isComposing || event.altKey || event.metaKey) return;
  if (remarkKey(event)) return;
  // Enter in a comment would press the first button, which may choose a hand-in.
  if (target.matches(".decision input") && key === "Enter") return event.preventDefault();
  const saves = target.name === (event.ctrlKey ? "comment" : "points");
  if (saves && key === "Enter") {
    event.preventDefault();
    const card = target.closest(".card");
    choose(card, false);
    save(card, true);
    return;
  }
  if (event.ctrlKey || document.querySelector("dialog[open]") || coverKey(event)) return;
  if (target.matches("input, textarea, select")) {
    if (key === "Escape") target.blur();
    return;
  }
  if (/^[0-9]$/.test(key) && current()) {
    event.preventDefault();
    const points = current().querySelector("[name=points]");
    points.focus();
    points.value = key;
  } else {
    const act = everywhere[key] ?? (page.page === "class" ? undefined : keys[key]);
    if (!act) return;
    event.preventDefault();
    act();
  }
});

arrive();
