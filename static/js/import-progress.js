/* The progress of a running import, asked for every second; when it has ended the page is opened anew.
   Contract: [data-progress="address of the panel"] around one panel with data-running="1" or "". Without script the page
   refreshes itself. A hidden tab does not ask. */

const SECOND = 1000;
const holder = document.querySelector("[data-progress]");

function show(panel) {
  const part = holder.contains(document.activeElement) ? ".panel__body" : "[data-running]";
  const fresh = panel.matches(part) ? panel : panel.querySelector(part);
  holder.querySelector(part).replaceWith(document.adoptNode(fresh));
}

async function refresh() {
  if (document.hidden) return true;
  const answer = await fetch(holder.dataset.progress, { headers: { "X-Requested-With": "fetch" } });
  if (answer.redirected || answer.status === 404 || answer.status === 403) { location.reload(); return false; }
  if (!answer.ok) return true;
  const panel = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-running]");
  if (!panel) return true;
  if (!panel.dataset.running) { location.reload(); return false; }
  show(panel);
  return true;
}

async function loop() {
  let goesOn = true;
  try { goesOn = await refresh(); } catch { /* the line is down for a moment: ask again */ }
  if (goesOn) setTimeout(loop, SECOND);
}

if (holder) setTimeout(loop, SECOND);
