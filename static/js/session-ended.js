/* A page that outlives its session says so, and goes on when the same person has signed in again.
   Contract: <form data-token-url="…"> with a hidden "writer"; [data-session-ended] and [data-other-person] are shown. */

let isEnded = false;

function show(name, isShown) {
  const note = document.querySelector(`[data-${name}]`);
  if (note) note.hidden = !isShown;
}

function renew(token) {
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
  isEnded = false;
  show("session-ended", false);
  show("other-person", false);
}

async function ask(form) {
  const writer = new URLSearchParams({ writer: form.elements.writer?.value ?? "" });
  const answer = await fetch(`${form.dataset.tokenUrl}?${writer}`, { headers: { Accept: "application/json" } });
  if (answer.status === 401) { show("session-ended", true); return; }
  if (!answer.ok) return;
  const known = await answer.json();
  if (known.same) renew(known.token);
  else { show("session-ended", false); show("other-person", true); }
}

/* Posts to our server; an answer that says nobody (or somebody else) is signed in shows the note and gives null. */
export async function post(form, url, body) {
  const answer = await fetch(url, { method: "POST", body, headers: { Accept: "application/json" } });
  if (answer.status !== 401 && answer.status !== 403) return answer;
  isEnded = true;
  await ask(form);
  return null;
}

export function watchSession(form) {
  const again = () => { if (isEnded && document.visibilityState === "visible") ask(form).catch(() => {}); };
  document.addEventListener("visibilitychange", again);
  window.addEventListener("focus", again);
}
