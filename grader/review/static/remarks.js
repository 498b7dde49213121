"use strict";

// Remarks, private notes, zeros for what is not there, and undo.

const remarksOn = (part) => document.querySelector(`template.remark-list[data-part="${CSS.escape(part)}"]`)?.content;
const isWriting = (panel) => panel.querySelector("form") !== null;

// The list of remarks stands in the current card only: a class has 1,000 cards. One in which a
// remark is being written stays where it is.
function offerRemarks(card) {
  for (const old of document.querySelectorAll(".card .remarks")) if (!isWriting(old)) old.remove();
  const known = remarksOn(card.dataset.part);
  if (!known || card.querySelector(".remarks")) return;
  const panel = known.querySelector(".remarks").cloneNode(true);
  const fields = fieldsOf(card);
  (fields.querySelector(".levels") ?? fields.querySelector(".points")).after(panel);
  press(card);
}

// Show which remarks the answer has.
function press(card) {
  const held = card.dataset.remarks.split(" ");
  for (const each of card.querySelectorAll("[data-remark]")) {
    each.querySelector("[data-toggle]").setAttribute("aria-pressed", held.includes(each.dataset.remark));
  }
}

// Replace the lists by the server's; in a list in which somebody writes, only the numbers change.
async function refreshRemarks() {
  for (const list of document.querySelectorAll("template.remark-list")) {
    const answer = await reached(`/remarks/${encodeURIComponent(list.dataset.part)}`);
    if (!answer?.ok) return;
    list.innerHTML = await answer.text(); // escaped by the server; the page's policy runs no script in it
    const shown = document.querySelector(`.card .remarks[data-part="${CSS.escape(list.dataset.part)}"]`);
    if (!shown) continue;
    const card = shown.closest(".card");
    if (isWriting(shown)) {
      for (const fresh of list.content.querySelectorAll("[data-remark]")) {
        const old = shown.querySelector(`[data-remark="${fresh.dataset.remark}"] .students`);
        if (old) old.textContent = fresh.querySelector(".students").textContent;
      }
      continue;
    }
    const focused = shown.contains(document.activeElement) && document.activeElement.closest("[data-remark]")?.dataset.remark;
    shown.remove();
    offerRemarks(card);
    if (focused) card.querySelector(`[data-remark="${focused}"] [data-toggle]`)?.focus();
  }
}

// What is typed in the card stays: only the remark is saved.
function toggleRemark(card, remark) {
  const { id } = card;
  const { remark: name, version } = remark.dataset;
  inTurn(id, () => {
    const now = document.getElementById(id);
    const on = !now.dataset.remarks.split(" ").includes(name);
    const asked = { student: now.dataset.key, part: now.dataset.part, remark: name, version: Number(version), on, expected: versionOf(now) };
    return deliver(id, "/toggles", asked, savedIn(now), name);
  });
}

// What the card's fields have without what was typed.
function savedIn(card) {
  const { points, comment } = fieldsOf(card).elements;
  return { points: points.defaultValue, comment: comment.defaultValue };
}

function writeRemark(panel, remark) {
  panel.querySelector("form")?.remove();
  const form = document.getElementById("remark-form").content.firstElementChild.cloneNode(true);
  form.dataset.id = remark?.dataset.remark ?? "";
  form.dataset.version = remark?.dataset.version ?? 0;
  const { words, off } = form.elements;
  if (remark) {
    words.value = words.defaultValue = remark.dataset.words;
    off.value = off.defaultValue = remark.dataset.points;
    form.querySelector(".changes").textContent = `It changes the marks of: ${remark.querySelector(".students").textContent}.`;
  } else form.querySelector("[data-remove-remark]").remove();
  if (remark) remark.append(form);
  else panel.append(form);
  words.focus();
}

async function saveRemark(form, isRemoved) {
  const panel = form.closest(".remarks"), card = form.closest(".card");
  const fault = form.querySelector(".wrong");
  const points = signedOf(form.elements.off.value);
  fault.textContent = Number.isNaN(points) ? "Points must be a number, as -0.5, +1 or 0." : "";
  if (fault.textContent) return;
  const { id, version } = form.dataset;
  const asked = { id, part: panel.dataset.part, words: isRemoved ? "" : form.elements.words.value, points, expected: Number(version) };
  const said = await exchanged("/remarks", asked);
  if (said.error) {
    fault.textContent = said.error;
    if (said.version) form.dataset.version = said.version;
    return;
  }
  form.remove();
  await refreshRemarks();
  if (said.said) say(said.said);
  const made = document.getElementById(card.id)?.querySelector(`[data-remark="${said.id}"]`);
  if (!id && made) toggleRemark(document.getElementById(card.id), made);
  news();
}

// Points with a sign, as they may be typed; nothing typed is 0.
function signedOf(words) {
  const number = words.trim().replace(/[−–]/, "-").replace(",", ".");
  return number !== "" && Number.isFinite(Number(number)) ? Number(number) : number === "" ? 0 : NaN;
}

async function saveNote(note) {
  const { key, part } = note.closest("[data-key]").dataset;
  const words = note.querySelector("[name=note]");
  const fault = note.querySelector(".wrong");
  const sentWords = words.value;
  const said = await exchanged("/notes", { student: key, part, words: sentWords, expected: Number(note.dataset.version) });
  fault.textContent = said.error ?? "";
  if (said.version) note.dataset.version = said.version;
  if (said.error) return;
  words.defaultValue = sentWords;
  if (words.value === sentWords) words.blur(); // so that the keys work
  note.querySelector("summary small").textContent = sentWords.trim() ? said.author : "only for TAs";
  say("Saved the note. Students do not see it.");
}

async function openZeros() {
  const dialog = document.getElementById("zeros");
  const key = page.page === "student" ? document.querySelector(".whole").dataset.key : "";
  const answer = await reached(`/zeros?student=${encodeURIComponent(key)}`);
  if (!answer?.ok) return notice(UNREACHED);
  dialog.innerHTML = await answer.text(); // escaped by the server; the page's policy runs no script in it
  if (!dialog.open) dialog.showModal();
}

async function giveZeros(form) {
  const kinds = [...form.querySelectorAll("[name=kind]:checked")].map((each) => each.value);
  const { key, seen } = form.dataset;
  const said = await exchanged("/zeros", { student: key, kinds, comment: form.elements.comment.value, seen });
  if (said.status === 409) await openZeros();
  if (said.error) {
    document.querySelector("#zeros .fault").textContent = said.error;
    return;
  }
  document.getElementById("zeros").close();
  say(`${said.said} Ctrl Z takes them back.`);
  news();
}

let undoing = Promise.resolve();
function undo() {
  undoing = undoing.then(undoLast);
  return undoing;
}

async function undoLast() {
  await Promise.allSettled(underway.values());
  const button = document.querySelector("[data-undo]");
  if (!button.dataset.action) return say("There is nothing to undo.");
  const said = await exchanged("/undo", { action: button.dataset.action });
  await news();
  if (said.error) notice(said.error, said.key && { key: said.key, part: said.part });
  else {
    say(said.said);
    const card = said.key && document.getElementById(`c-${said.key}-${said.part}`);
    if (card) choose(card);
    else if (said.key) notice(said.said, { key: said.key, part: said.part });
  }
}

// What Undo would take back now.
function canUndo(action, what) {
  const button = document.querySelector("[data-undo]");
  button.disabled = !action;
  button.dataset.action = action;
  button.textContent = action ? `Undo: ${what}` : "Undo";
}

async function nextPending() {
  const { key = "", part = "" } = current()?.dataset ?? {};
  const by = page.page === "question" ? "question" : "student";
  const answer = await reached(`/pending?${new URLSearchParams({ student: key, part, by })}`);
  if (!answer?.ok) return notice(UNREACHED);
  const found = await answer.json();
  if (!found.key) return say("Nothing is pending.");
  const card = document.getElementById(`c-${found.key}-${found.part}`);
  if (card) {
    document.activeElement?.blur();
    return choose(card);
  }
  go(by === "question" ? `/question/${encodeURIComponent(found.part)}` : `/student/${found.key}`, `c-${found.key}-${found.part}`);
}

document.addEventListener("click", ({ target }) => {
  const card = target.closest(".card");
  const remark = target.closest("[data-remark]");
  if (target.closest("[data-toggle]")) toggleRemark(card, remark);
  if (target.closest("[data-edit-remark]")) writeRemark(target.closest(".remarks"), remark);
  if (target.matches("[data-new-remark]")) writeRemark(target.closest(".remarks"));
  if (target.matches("[data-cancel-remark]")) target.closest("form").remove();
  if (target.matches("[data-remove-remark]")) saveRemark(target.closest("form"), true);
  if (target.matches("[data-save-note]")) saveNote(target.closest(".note"));
  if (target.closest("button[data-zeros]")) openZeros();
  if (target.matches("#zeros [data-close]")) document.getElementById("zeros").close();
  if (target.matches("[data-undo]")) undo();
  if (target.matches("button[data-pending]")) nextPending();
  if (target.matches("[data-dismiss]")) document.getElementById("notice").hidden = true;
});

document.addEventListener("submit", (event) => {
  const { target } = event;
  if (target.matches(".remark-form, .zeros")) event.preventDefault();
  if (target.matches(".remark-form")) saveRemark(target, false);
  if (target.matches(".zeros")) giveZeros(target);
});

// True if the key was one of a remark, a note or undo.
function remarkKey(event) {
  const { target, key, code } = event;
  const isText = target.matches("input:not([type=checkbox]), textarea, select");
  if (event.ctrlKey && !event.shiftKey && key.toLowerCase() === "z" && !isText && !document.querySelector("dialog[open]")) {
    undo();
  } else if (event.ctrlKey && key === "Enter" && target.name === "note") saveNote(target.closest(".note"));
  else if (event.ctrlKey && key === "Enter" && target.name === "words") saveRemark(target.closest("form"), false);
  else if (key === "Escape" && target.closest(".remark-form")) target.closest("form").querySelector("[data-cancel-remark]").click();
  else if (event.shiftKey && !event.ctrlKey && !isText && /^Digit[1-9]$/.test(code) && !/^[0-9]$/.test(key) && current()) {
    const nth = current().querySelectorAll("[data-remark]")[Number(code.at(-1)) - 1];
    if (!nth) say("There is no such remark.");
    else toggleRemark(current(), nth);
  } else return false;
  event.preventDefault();
  return true;
}
