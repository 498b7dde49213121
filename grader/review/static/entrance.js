"use strict";

// Other servers of this machine share our cookies and can push ours out. The storage is this
// server's alone: the secret kept here gives the cookie again.
const KEPT = "grader-review-secret";

async function enter() {
  const { secret } = document.body.dataset;
  if (secret) {
    localStorage.setItem(KEPT, secret);
    return location.replace("/");
  }
  const kept = localStorage.getItem(KEPT);
  if (!kept) return;
  const answer = await fetch("/session", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(kept),
  });
  if (answer.ok) location.reload();
}

enter();
