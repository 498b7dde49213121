"use strict";

const page = document.body.dataset;

const cards = () => [...document.querySelectorAll(".card")];
const current = () => document.querySelector(".card.current") ?? cards()[0];

function choose(card, scroll = true) {
  if (!card) return;
  document.querySelector(".card.current")?.classList.remove("current");
  card.classList.add("current");
  offer(card);
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

// True if the card has text that is not saved: typed, or refused because of a newer mark.
function unsaved(card) {
  const { points, comment } = fieldsOf(card).elements;
  const changed = [points, comment].some((field) => field.value !== field.defaultValue);
  return changed || card.querySelector(".conflict") !== null;
}

addEventListener("beforeunload", (event) => {
  const card = cards().find(unsaved);
  if (!card) return;
  event.preventDefault();
  setTimeout(() => choose(card)); // after the browser's question, if the user stays
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
function save(card, goOn) {
  const { id } = card;
  const words = typed(fieldsOf(card));
  const turn = (underway.get(id) ?? Promise.resolve(true)).then((kept) => kept && send(id, words, goOn));
  underway.set(id, turn);
  turn.finally(() => { if (underway.get(id) === turn) underway.delete(id); });
}

// Resolves to true if the mark was saved.
async function send(id, words, goOn) {
  const card = document.getElementById(id);
  const fields = fieldsOf(card);
  const fault = fields.querySelector(".fault");
  const points = pointsOf(words.points);
  if (Number.isNaN(points)) {
    fault.textContent = "Points must be a number.";
    return false;
  }
  const { key, part } = card.dataset;
  const asked = { student: key, part, points, comment: words.comment, expected: Number(fields.dataset.version) };
  let answer, said;
  try {
    answer = await sent("/marks", asked);
    if (answer.status === 403 && (await readmitted())) answer = await sent("/marks", asked);
    const json = answer.headers.get("Content-Type")?.startsWith("application/json");
    said = json ? await answer.json() : { error: await answer.text() };
  } catch {
    said = { error: "The server does not answer. Check that `grader review` is running, then save again." };
  }
  if (said.error) {
    fault.textContent = said.error;
    return false;
  }
  const fresh = put(card, said.card, words);
  for (const standing of document.querySelectorAll(`[data-standing="${said.key}"]`)) standing.textContent = said.standing;
  if (!answer.ok) {
    choose(fresh);
    return false;
  }
  remember(part, words.comment.trim());
  say(`Saved ${part}: ${said.standing}.${said.note}`);
  if (goOn && current() === fresh && cards().indexOf(fresh) + 1 < cards().length) step(1);
  return true;
}

// Replace the card with the server's; keep what was typed after `sent`.
function put(card, html, sent) {
  const now = typed(fieldsOf(card));
  const writing = card.contains(document.activeElement) && document.activeElement.name;
  const made = document.createElement("template");
  made.innerHTML = html; // escaped by the server; the page's policy runs no script in it
  const fresh = made.content.querySelector(".card");
  const wasCurrent = card.classList.contains("current");
  card.replaceWith(fresh);
  if (wasCurrent) choose(fresh, false);
  const fields = fieldsOf(fresh).elements;
  for (const name of ["points", "comment"]) if (now[name] !== sent[name]) fields[name].value = now[name];
  if (writing && (now.points !== sent.points || now.comment !== sent.comment)) fields[writing]?.focus();
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
async function refusal(address, asked) {
  try {
    let answer = await sent(address, asked);
    if (answer.status === 403 && (await readmitted())) answer = await sent(address, asked);
    if (answer.ok) return "";
    const json = answer.headers.get("Content-Type")?.startsWith("application/json");
    return json ? (await answer.json()).error : await answer.text();
  } catch {
    return "The server does not answer. Check that `grader review` is running, then try again.";
  }
}

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
  if (target.matches("[data-keep]")) {
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

document.addEventListener("focusin", (event) => {
  const card = event.target.closest(".card");
  if (card && !card.classList.contains("current")) choose(card, false);
});

const keys = {
  j: () => (page.page === "student" ? leave(page.after) : step(1)),
  k: () => (page.page === "student" ? leave(page.before) : step(-1)),
  n: () => (page.page === "student" ? step(1) : leave(page.after)),
  p: () => (page.page === "student" ? step(-1) : leave(page.before)),
  q: across,
  c: () => current()?.querySelector("[name=comment]").focus(),
  o: () => current()?.querySelector("[data-open]")?.click(),
  "?": () => document.getElementById("help").showModal(),
  ...(holdsWriteUps ? writeUpKeys : {}),
};

document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (event.isComposing || event.altKey || event.metaKey) return;
  // Enter in a comment would press the first button, which may choose a hand-in.
  if (target.matches(".decision input") && key === "Enter") return event.preventDefault();
  const saves = target.name === "points" || (target.name === "comment" && event.ctrlKey);
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
  } else if (keys[key] && (key === "?" || page.page !== "class")) {
    event.preventDefault();
    keys[key]();
  }
});

arrive();
