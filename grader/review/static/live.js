"use strict";

// What happens elsewhere: who marks what, marks and remarks of others, another window of this TA.
const SECONDS = 3;
const UNREACHED = "The server does not answer. Check that `grader review` is running. What you have typed stays on this page.";
const WINDOW = "grader-review-window"; // a duplicated tab has it too, and is the same window then

const windowId = (() => {
  const known = sessionStorage.getItem(WINDOW) ?? crypto.randomUUID();
  sessionStorage.setItem(WINDOW, known);
  return known;
})();
let marksKnown = Number(document.body.dataset.marks);
let stampKnown = null;
let asking = null;

// Resolves to the answer, or to nothing if the server does not run.
async function reached(address) {
  try {
    const answer = await fetch(address);
    return answer.status === 403 && (await readmitted()) ? await fetch(address) : answer;
  } catch {
    return undefined;
  }
}

// Send something to be saved. Resolves to what the server said, with its status; `error` is the
// reason why it was not saved.
async function exchanged(address, asked) {
  try {
    let answer = await sent(address, asked);
    if (answer.status === 403 && (await readmitted())) answer = await sent(address, asked);
    const json = answer.headers.get("Content-Type")?.startsWith("application/json");
    const said = json ? await answer.json() : { error: await answer.text() };
    return { ...said, status: answer.status };
  } catch {
    return { error: UNREACHED, status: 0 };
  }
}

// A notice stays until it is closed; `place` is an answer to show.
function notice(words, place) {
  const box = document.getElementById("notice");
  box.querySelector("p").textContent = words;
  const link = box.querySelector("a");
  link.hidden = !place;
  if (place) link.href = `/student/${place.key}#c-${place.key}-${encodeURIComponent(place.part)}`;
  box.hidden = false;
}

// Ask now; a second call during the first waits for it, and asks again.
function news() {
  asking = (asking ?? Promise.resolve()).then(ask);
  return asking;
}

async function ask() {
  const { key = "", part = "" } = current()?.dataset ?? {};
  const where = page.page === "class" ? { student: "", part: "" } : { student: key, part };
  const said = await exchanged("/live", { window: windowId, ...where, since: marksKnown });
  document.querySelector(".here .offline").textContent = said.error && said.status !== 404 ? said.error : "";
  if (said.error) return;
  marksKnown = said.marks;
  canUndo(said.undo?.id ?? "", said.undo?.what ?? "");
  showOthers(said.others);
  const isNew = stampKnown !== null && stampKnown !== said.stamp;
  stampKnown = said.stamp;
  for (const [student, question, version] of said.changed) await renew(student, question, version);
  if (!isNew) return;
  if (page.page !== "class") return refreshRemarks();
  await renewClass();
  showOthers(said.others); // also in the new rows
}

function showOthers(others) {
  const list = document.querySelector(".here .others");
  const words = others.map((each) => `${each.who}: ${each.what}`);
  if (list.dataset.words !== words.join("\n")) {
    list.dataset.words = words.join("\n");
    list.replaceChildren(...words.map((each) => Object.assign(document.createElement("li"), { textContent: each })));
  }
  for (const place of document.querySelectorAll(".here-too")) {
    const { key, part } = place.closest("[data-key], [data-part]").dataset;
    const here = others.filter((each) => (key === undefined || each.key === key) && (part === undefined || each.part === part));
    const said = here.length ? `${[...new Set(here.map((each) => each.who))].join(", ")}: here now` : "";
    if (place.textContent !== said) place.textContent = said;
  }
}

// Show the newer mark of a card, unless something is typed in it: then a save shows both.
async function renew(student, question, version) {
  const id = `c-${student}-${question}`;
  const card = document.getElementById(id);
  if (!card || underway.has(id) || versionOf(card) >= version) return;
  const answer = await reached(`/card/${student}/${encodeURIComponent(question)}`);
  if (!answer?.ok || underway.has(id)) return;
  const said = await answer.json();
  const now = document.getElementById(id);
  if (!now || unsaved(now)) return say(`Somebody has saved a newer mark of ${question}, where you have typed something.`);
  put(now, said.card, typed(fieldsOf(now)));
  stand(said);
}

// The class: the numbers change, and the focus stays.
async function renewClass() {
  const answer = await reached(location.href);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const selector of [".counts-line", ".questions tbody", ".class tbody"]) {
    const old = document.querySelector(selector), renewed = fresh.querySelector(selector);
    if (old && renewed && !old.contains(document.activeElement)) old.replaceWith(renewed);
  }
}

setInterval(() => { if (!document.hidden) news(); }, 1000 * SECONDS);
addEventListener("load", () => news());
addEventListener("pagehide", () => {
  fetch("/leave", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ window: windowId }),
    keepalive: true,
  }).catch(() => undefined); // the server does not run
});
