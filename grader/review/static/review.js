"use strict";

const page = document.body.dataset;

const cards = () => [...document.querySelectorAll(".card")];
const current = () => document.querySelector(".card.current") ?? cards()[0];

function choose(card, scroll = true) {
  if (!card) return;
  document.querySelector(".card.current")?.classList.remove("current");
  card.classList.add("current");
  const top = card.getBoundingClientRect().top;
  offer(card);
  offerRemarks(card);
  // The list of remarks has left a card above: what the TA points at stays where it is.
  if (!scroll) scrollBy(0, card.getBoundingClientRect().top - top);
  for (const title of document.querySelectorAll(".here .current-title")) title.textContent = `: ${card.querySelector(".what").textContent}`;
  if (scroll) card.scrollIntoView({ block: "nearest" });
  if (document.readyState === "complete") history.replaceState(null, "", `#${card.id}`);
  follow(card);
}

// The pane shows the notebook or the write-up of the student named in its head, or nothing: never
// another's.
const pane = document.querySelector(".pane");
const holdsWriteUps = pane?.classList.contains("write-up");
const isBeside = () => getComputedStyle(pane).position !== "static";
let following, opened = 0;

function follow(card) {
  if (!pane || pane.dataset.key === card.dataset.key) return;
  empty(card);
  if (card.dataset.beside && isBeside()) following = setTimeout(() => open(card, card.dataset.beside), 150);
}

// What shows or still loads another student's hand-in is removed at once.
function empty(card) {
  clearTimeout(following);
  opened += 1;
  pane.dataset.key = card.dataset.key;
  const what = holdsWriteUps ? "Write-up" : "Notebook";
  pane.querySelector("h2").textContent = `${what} of ${card.querySelector(".who").textContent}`;
  pane.querySelector("iframe")?.remove();
  forgetWriteUp();
  pane.querySelector("p").textContent = card.dataset.beside ? "" : "The results have no page of this notebook.";
}

async function open(card, address) {
  if (pane.dataset.key !== card.dataset.key) empty(card);
  clearTimeout(following);
  const number = ++opened;
  await readmitted();
  if (number !== opened) return; // meanwhile the pane was emptied or opened again
  if (holdsWriteUps) return showWriteUp(address, () => number === opened);
  const old = pane.querySelector("iframe");
  if (old) return old.contentWindow.location.replace(address); // of the same student
  const frame = document.createElement("iframe");
  frame.className = frame.name = "notebook";
  frame.title = pane.querySelector("h2").textContent;
  frame.setAttribute("sandbox", "");
  frame.referrerPolicy = "no-referrer";
  frame.src = address;
  pane.append(frame);
}

// Another server of this machine may have pushed our cookie out: then the kept secret gives it
// again. Resolves to true if the server has answered that it knows this browser.
async function readmitted() {
  try {
    if ((await fetch("/session")).ok) return true;
    const secret = localStorage.getItem("grader-review-secret");
    return secret !== null && (await sent("/session", secret)).ok;
  } catch {
    return false; // the server does not run
  }
}

function sent(address, content) {
  return fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(content),
  });
}

function step(by) {
  const all = cards();
  const at = all.indexOf(current()) + by;
  if (at < 0 || at >= all.length) return say(by > 0 ? "This is the last one." : "This is the first one.");
  document.activeElement?.blur();
  choose(all[at]);
}

// Go to another student at the same question, or to another question of the same student.
function leave(address) {
  if (!address) return say("There is no other page.");
  const { key, part } = current()?.dataset ?? {};
  const other = decodeURIComponent(address.split("/").at(-1));
  go(address, page.page === "student" ? `c-${other}-${part}` : `c-${key}-${other}`);
}

function across() {
  const card = current();
  if (!card) return;
  const { key, part } = card.dataset;
  go(page.page === "student" ? `/question/${encodeURIComponent(part)}` : `/student/${key}`, card.id);
}

// Wait for pending saves: otherwise the browser would ask whether to leave the page.
async function go(address, card) {
  await Promise.allSettled(underway.values());
  location.assign(`${address}#${encodeURIComponent(card)}`);
}

function arrive() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (named) choose(named);
  else if (cards().length) choose(cards()[0], false);
}

const fieldsOf = (card) => card.querySelector(".mark");
const versionOf = (card) => Number(fieldsOf(card).dataset.version);

// True if the card has text that is not saved: typed, or refused because of a newer mark.
function unsaved(card) {
  const changed = [...card.querySelectorAll("[name=points], [name=comment], [name=note], [name=words], [name=off]")];
  return changed.some((field) => field.value !== field.defaultValue) || card.querySelector(".conflict") !== null;
}

addEventListener("beforeunload", (event) => {
  const card = cards().find(unsaved);
  const note = document.querySelector(".whole [name=note]");
  if (!card && (!note || note.value === note.defaultValue)) return;
  event.preventDefault();
  if (card) setTimeout(() => choose(card)); // after the browser's question, if the user stays
});

let fading;
function say(words) {
  const status = document.getElementById("status");
  status.textContent = words;
  clearTimeout(fading);
  fading = setTimeout(() => { status.textContent = ""; }, 4000);
}

// A card gets its list of earlier comments when it is first chosen: a class has 1,000 cards.
function offer(card) {
  const known = commentsOn(card.dataset.part);
  if (card.querySelector(".earlier") || known.querySelectorAll("option").length === 1) return;
  fieldsOf(card).querySelector(".comment").after(known.cloneNode(true));
}

const commentsOn = (part) => document.querySelector(`template.comments[data-part="${CSS.escape(part)}"]`).content;

function remember(part, comment) {
  const known = commentsOn(part);
  if (!comment || [...known.querySelectorAll("option")].some((option) => option.value === comment)) return;
  known.querySelector("select").append(new Option(comment));
  for (const list of document.querySelectorAll(`.card[data-part="${CSS.escape(part)}"] .earlier`)) list.remove();
  offer(current());
}

// null means no points, NaN not a number. Infinity is NaN too: JSON would write it as null, which
// withdraws the mark.
function pointsOf(words) {
  const number = words.trim().replace(",", ".");
  if (number === "") return null;
  return Number.isFinite(Number(number)) ? Number(number) : NaN;
}

function typed(fields) {
  const { points, comment } = fields.elements;
  return { points: points.value, comment: comment.value };
}

// A second save of a card waits for the first, and is dropped if the first was refused.
const underway = new Map();
function inTurn(id, act) {
  const turn = (underway.get(id) ?? Promise.resolve(true)).then((kept) => kept && act());
  underway.set(id, turn);
  turn.finally(() => { if (underway.get(id) === turn) underway.delete(id); });
  return turn;
}

function save(card, goOn) {
  const { id } = card;
  const words = typed(fieldsOf(card));
  inTurn(id, () => send(id, words, goOn));
}

// Resolves to true if the mark was saved.
async function send(id, words, goOn) {
  const card = document.getElementById(id);
  const points = pointsOf(words.points);
  if (Number.isNaN(points)) {
    fieldsOf(card).querySelector(".fault").textContent = "Points must be a number, as 2 or 1.5.";
    return false;
  }
  const { key, part } = card.dataset;
  const asked = { student: key, part, points, comment: words.comment, expected: versionOf(card) };
  if (!(await deliver(id, "/marks", asked, words, ""))) return false;
  remember(part, words.comment.trim());
  const fresh = document.getElementById(id);
  if (goOn && current() === fresh && cards().indexOf(fresh) + 1 < cards().length) step(1);
  return true;
}

// Save something of a card, and replace it with the server's; what was typed after `words` stays.
// `remark` gets the focus again. Resolves to true if it was saved.
async function deliver(id, address, asked, words, remark) {
  const fault = fieldsOf(document.getElementById(id)).querySelector(".fault");
  fault.textContent = "";
  const said = await exchanged(address, asked);
  if (said.error) {
    fault.textContent = said.error;
    if (said.status === 409) news();
    return false;
  }
  const hadFocus = remark && document.activeElement?.closest("[data-remark]") !== null;
  const fresh = put(document.getElementById(id), said.card, words);
  if (hadFocus) fresh.querySelector(`[data-remark="${remark}"] [data-toggle]`)?.focus();
  stand(said);
  if (said.status !== 200) {
    choose(fresh);
    return false;
  }
  if (remark) news(); // the numbers of students
  canUndo(said.undo, `${asked.part} of ${fresh.querySelector(".who").textContent}`);
  say(`Saved ${asked.part}: ${said.standing}.${said.note}`);
  return true;
}

function stand(said) {
  for (const standing of document.querySelectorAll(`[data-standing="${said.key}"]`)) standing.textContent = said.standing;
}

// Replace the card with the server's; keep what was typed after `sent`.
function put(card, html, sent) {
  const now = typed(fieldsOf(card));
  const writing = card.contains(document.activeElement) && document.activeElement.name;
  const written = card.querySelector(".remarks form"); // a remark that is being written
  const note = card.querySelector("[name=note]");
  const made = document.createElement("template");
  made.innerHTML = html; // escaped by the server; the page's policy runs no script in it
  const fresh = made.content.querySelector(".card");
  const wasCurrent = card.classList.contains("current");
  card.replaceWith(fresh);
  if (written) {
    const levels = fieldsOf(fresh).querySelector(".levels") ?? fieldsOf(fresh).querySelector(".points");
    levels.after(card.querySelector(".remarks"));
    press(fresh);
  }
  if (wasCurrent) choose(fresh, false);
  if (note.value !== note.defaultValue) {
    const kept = fresh.querySelector("[name=note]");
    kept.value = note.value;
    kept.closest("details").open = true;
    if (writing === "note") kept.focus();
  }
  const fields = fieldsOf(fresh).elements;
  for (const name of ["points", "comment"]) if (now[name] !== sent[name]) fields[name].value = now[name];
  if (["points", "comment"].includes(writing) && (now.points !== sent.points || now.comment !== sent.comment)) fields[writing]?.focus();
  if (wasCurrent) offer(fresh);
  return fresh;
}

// A decision changes the whole page: it is loaded again.
async function decide(form, choice) {
  const { key, subject, seen, version } = form.dataset;
  const comment = form.elements.comment.value;
  const asked = { student: key, subject, seen, choice, comment, expected: Number(version) };
  const wrong = await refusal("/decisions", asked);
  if (wrong) form.querySelector(".fault").textContent = wrong;
  else location.reload();
}

// Send a decision; resolves to the reason why it was not saved, or to nothing.
const refusal = async (address, asked) => (await exchanged(address, asked)).error ?? "";

document.addEventListener("submit", (event) => {
  if (!event.target.matches(".decision")) return;
  event.preventDefault();
  if (event.submitter) decide(event.target, event.submitter.value);
});

document.addEventListener("click", (event) => {
  const { target } = event;
  if (target.closest("[data-help]")) document.getElementById("help").showModal();
  if (target.closest(".write-up-of")) return clickInWriteUp(target);
  const card = target.closest(".card");
  if (!card) return;
  choose(card, false);
  const { points, comment } = fieldsOf(card).elements;
  if (target.matches("[data-give]")) points.value = target.dataset.give;
  if (target.matches("[data-give], [data-save]")) save(card, false);
  if (target.matches("[data-keep]:not([data-points])")) card.querySelector(".conflict").remove();
  else if (target.matches("[data-keep]")) {
    points.value = points.defaultValue = target.dataset.points;
    comment.value = comment.defaultValue = target.dataset.comment;
    card.querySelector(".conflict").remove();
  }
  if (target.matches("[data-open]") && pane && event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    open(card, target.href ?? card.dataset.beside).then(() => isBeside() || pane.scrollIntoView());
  }
});

document.addEventListener("change", (event) => {
  const { target } = event;
  if (target.name !== "earlier" || !target.value) return;
  const { comment } = fieldsOf(target.closest(".card")).elements;
  comment.value = comment.value.trim() ? `${comment.value.trim()}\n${target.value}` : target.value;
  target.value = "";
  comment.focus();
});

// While a pointer is down nothing moves: the click would miss. The click itself chooses the card.
let pointing = false;
document.addEventListener("pointerdown", () => { pointing = true; }, true);
for (const end of ["click", "pointercancel"]) document.addEventListener(end, () => { pointing = false; }, true);
document.addEventListener("keydown", () => { pointing = false; }, true);

document.addEventListener("focusin", (event) => {
  const card = event.target.closest(".card");
  if (pointing) return;
  if (card && !card.classList.contains("current")) choose(card, false);
});
