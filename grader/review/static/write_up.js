"use strict";

// The write-up in the pane: its pages as pictures, with what was found marked on them.
const CHOSEN = "grader-review-finding"; // kept, so that the next student opens at the same finding
const FOLDED = "grader-review-findings-folded";
const STEP = 0.01; // of the page, for one arrow key
const FIRST_BOX = [0.08, 0.04, 0.92, 0.14];

let shown = null; // what the pane shows
let turns = 0; // a drawing that arrives after the page was turned is dropped
let waiting = new AbortController(); // of the drawing that is waited for
let dragging = null;

const found = (selector) => shown.root.querySelector(selector);

// `isNewest` is false when the pane was emptied or opened again in the meantime.
async function showWriteUp(address, isNewest) {
  let html = null;
  try {
    const answer = await fetch(address);
    if (answer.ok) html = await answer.text();
  } catch {
    // said below
  }
  if (!isNewest()) return;
  const told = pane.querySelector(":scope > p");
  told.textContent = html === null ? "The server does not answer. Check that `grader review` is running." : "";
  if (html === null) return;
  const made = document.createElement("template");
  made.innerHTML = html; // escaped by the server; the page's policy runs no script in it
  const root = made.content.querySelector(".write-up-of");
  forgetWriteUp();
  pane.append(root);
  const { pages, spots, choice, version, seen, key } = root.dataset;
  const anonymous = "anonymous" in root.dataset;
  shown = { root, address, key, seen, choice, anonymous, version: Number(version), pages: Number(pages), spots: JSON.parse(spots), page: 0, spot: null, box: null };
  const findings = found(".findings");
  findings.open = sessionStorage.getItem(FOLDED) === null;
  findings.addEventListener("toggle", () => {
    if (findings.open) sessionStorage.removeItem(FOLDED);
    else sessionStorage.setItem(FOLDED, "");
  });
  if (!shown.pages) return;
  listenToDrags();
  const spot = alike(sessionStorage.getItem(CHOSEN));
  if (spot) pick(spot);
  else turnTo(1);
}

// The browser asks a server only six things at once: a drawing that nobody waits for is none of them.
function newTurn() {
  waiting.abort();
  waiting = new AbortController();
  return ++turns;
}

function forgetWriteUp() {
  newTurn();
  shown?.root.remove();
  shown = null;
}

// The spot with this id, or another one of the same finding.
function alike(id) {
  if (id === null) return undefined;
  const finding = `${id.split("/")[0]}/`;
  return shown.spots.find((each) => each.id === id) ?? shown.spots.find((each) => each.id.startsWith(finding));
}

function pick(spot) {
  sessionStorage.setItem(CHOSEN, spot.id);
  shown.spot = spot;
  for (const each of shown.root.querySelectorAll("[data-spot]")) {
    each.toggleAttribute("aria-current", each.dataset.spot === spot.id);
    if (each.dataset.spot === spot.id) each.closest(".line").scrollIntoView({ block: "nearest" });
  }
  if (spot.page === shown.page) return mark();
  turnTo(spot.page);
}

function turnTo(number) {
  shown.page = number;
  shown.box = null;
  draw(false);
}

// Show the page; the name on the first one is not shown to somebody who is not to see it.
async function draw(uncovered) {
  const turn = newTurn();
  const { page, pages, address, choice, anonymous } = shown;
  const asks = anonymous && page === 1 && !choice && !uncovered;
  found(".number").textContent = `page ${page} of ${pages}`;
  found(".drawn").replaceChildren();
  found(".covering").hidden = !uncovered;
  found(".turn [data-hide]").hidden = page !== 1 || uncovered || asks;
  found(".ask").hidden = !asks;
  found(".cannot").hidden = !(anonymous && page === 1 && choice === "cannot be hidden");
  found(".drawing > .fault").textContent = "";
  if (asks) return;
  const drawing = setTimeout(() => { if (turn === turns) found(".number").textContent += ", drawing …"; }, 300);
  const picture = new Image();
  picture.alt = `Page ${page} of the write-up`;
  const wrong = await loaded(picture, `${address}/${page}.png${uncovered ? "?uncovered=yes" : ""}`);
  clearTimeout(drawing);
  if (turn !== turns) return;
  found(".number").textContent = `page ${page} of ${pages}`;
  if (wrong) found(".drawing > .fault").textContent = wrong;
  else found(".drawn").replaceChildren(picture);
  found(".sheet").scrollTop = 0;
  mark();
}

// Resolves to the reason why there is no picture, or to nothing.
async function loaded(picture, address) {
  const { signal } = waiting;
  signal.addEventListener("abort", () => picture.removeAttribute("src"));
  for (const isFirst of [true, false]) {
    picture.src = address;
    try {
      await picture.decode();
      return "";
    } catch {
      if (signal.aborted) return "";
    }
    try { // A picture does not say why it failed.
      await readmitted();
      const answer = await fetch(address, { signal });
      if (!answer.ok) return await answer.text();
      if (!isFirst) return "The browser cannot show this page.";
    } catch {
      return "The server does not answer. Check that `grader review` is running.";
    }
  }
}

// Draw the rectangles of this page, and scroll to the chosen one.
function mark() {
  const drawn = found(".drawn");
  for (const old of drawn.querySelectorAll(".box")) old.remove();
  if (!drawn.querySelector("img")) return;
  for (const spot of shown.spots.filter((each) => each.page === shown.page && each.boxes)) {
    const isChosen = spot.id === shown.spot?.id;
    for (const box of spot.boxes) putBox(drawn, box, `${spot.kind}${isChosen ? " chosen" : ""}`, spot.title);
  }
  const box = coverOf(shown.choice);
  if (shown.box) putBox(drawn, shown.box, "cover", "");
  else if (shown.page === 1 && box && !shown.anonymous) putBox(drawn, box, "covered", "painted over where ids are hidden");
  const chosen = drawn.querySelector(".chosen");
  const sheet = found(".sheet");
  if (chosen) sheet.scrollTop = chosen.offsetTop - sheet.clientHeight / 3;
}

function putBox(drawn, [left, top, right, bottom], kind, title) {
  const box = document.createElement("div");
  box.className = `box ${kind}`;
  box.title = title;
  Object.assign(box.style, { left: `${100 * left}%`, top: `${100 * top}%`, width: `${100 * (right - left)}%`, height: `${100 * (bottom - top)}%` });
  drawn.append(box);
}

const coverOf = (choice) => (choice.includes(",") ? choice.split(",").map(Number) : null);

function turn(by) {
  if (!shown?.pages) return;
  const to = shown.page + by;
  if (to < 1 || to > shown.pages) return say(by > 0 ? "This is the last page." : "This is the first page.");
  turnTo(to);
}

// A key scrolls the page as far as it goes, then turns it.
function scrollOrTurn(by) {
  if (!shown?.pages) return;
  const sheet = found(".sheet");
  const rest = by > 0 ? sheet.scrollHeight - sheet.clientHeight - sheet.scrollTop : sheet.scrollTop;
  if (rest > 4) sheet.scrollTop += by * 0.85 * sheet.clientHeight;
  else turn(by);
}

function nextFinding(by) {
  const ids = [...(shown?.root.querySelectorAll(".findings [data-spot]") ?? [])].map((each) => each.dataset.spot);
  if (!ids.length) return say("Nothing was found.");
  const at = ids.indexOf(shown.spot?.id);
  const to = at < 0 ? (by > 0 ? 0 : ids.length - 1) : at + by;
  if (to < 0 || to >= ids.length) return say(by > 0 ? "This is the last finding." : "This is the first finding.");
  pick(shown.spots.find((each) => each.id === ids[to]));
}

// Covering the name: a box on the first page, moved by the pointer or by arrow keys.
async function cover() {
  if (!shown?.pages) return;
  shown.page = 1;
  shown.box = coverOf(shown.choice) ?? [...FIRST_BOX];
  found(".sheet").focus({ preventScroll: true });
  await draw(true);
}

function listenToDrags() {
  const drawn = found(".drawn");
  const at = (event) => {
    const { left, top, width, height } = drawn.getBoundingClientRect();
    return [(event.clientX - left) / width, (event.clientY - top) / height].map((each) => Math.min(1, Math.max(0, each)));
  };
  drawn.addEventListener("pointerdown", (event) => {
    if (!shown.box || event.button !== 0) return;
    event.preventDefault();
    drawn.setPointerCapture(event.pointerId);
    dragging = at(event);
  });
  drawn.addEventListener("pointermove", (event) => {
    if (!dragging || !shown.box) return;
    const [x, y] = at(event);
    const [fromX, fromY] = dragging;
    shown.box = [Math.min(x, fromX), Math.min(y, fromY), Math.max(x, fromX), Math.max(y, fromY)];
    mark();
  });
  drawn.addEventListener("pointerup", () => { dragging = null; });
}

// True if the key was one of a box that is being placed.
function coverKey(event) {
  if (!shown?.box || event.target.matches("button, input, textarea, select")) return false;
  const way = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key];
  if (way) moveBox(way, event.shiftKey);
  else if (event.key === "Enter") saveCover(shown.box);
  else if (event.key === "Escape") turnTo(1);
  else return false;
  event.preventDefault();
  return true;
}

function moveBox([across, down], resizes) {
  const [left, top, right, bottom] = shown.box;
  const kept = (number, low, high) => Math.min(high, Math.max(low, number));
  if (resizes) shown.box = [left, top, kept(right + across, left + STEP, 1), kept(bottom + down, top + STEP, 1)];
  else {
    const x = kept(left + across, 0, 1 - (right - left)), y = kept(top + down, 0, 1 - (bottom - top));
    shown.box = [x, y, x + right - left, y + bottom - top];
  }
  mark();
}

async function saveCover(choice) {
  const { key, seen, version, address } = shown;
  const asked = { student: key, seen, choice, expected: version };
  const wrong = await refusal("/covers", asked);
  if (shown?.key !== key) return;
  if (wrong) found(".drawing > .fault").textContent = wrong;
  else await showWriteUp(address, () => shown?.key === key);
}

function clickInWriteUp(target) {
  if (!shown) return;
  const { spot, turn: by, choice } = target.dataset;
  if (spot) pick(shown.spots.find((each) => each.id === spot));
  if (by) turn(Number(by));
  if (target.matches("[data-hide]")) cover();
  if (target.matches("[data-cancel]")) turnTo(1);
  if (choice) saveCover(choice === "box" ? shown.box : choice);
}

const writeUpKeys = {
  f: () => nextFinding(1),
  F: () => nextFinding(-1),
  PageDown: () => scrollOrTurn(1),
  PageUp: () => scrollOrTurn(-1),
  ",": () => turn(-1),
  ".": () => turn(1),
  m: () => { if (shown) found(".findings").open = !found(".findings").open; },
  h: cover,
};
