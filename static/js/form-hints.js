/* A long form while it is filled in: hints from the server, a warning before leaving.
   Contract: <form data-form data-hints-url="…">, with data-dirty when it shows unsaved typing again. The answer is
   {"text": {name: words}, "blocks": {name: shown}, "html": {name: markup}}: words go into [data-hint], markup of our own
   templates into [data-hint-html], [data-hint-block] is shown or hidden. 
   .section-nav links follow the section in view. */

import { post, watchSession } from "./session-ended.js";

const PAUSE = 500;

function showText(values) {
  for (const [name, value] of Object.entries(values)) {
    for (const target of document.querySelectorAll(`[data-hint="${name}"]`)) {
      target.textContent = value;
      target.hidden = value === "";
    }
  }
}

function showBlocks(blocks) {
  for (const [name, isShown] of Object.entries(blocks)) {
    const block = document.querySelector(`[data-hint-block="${name}"]`);
    if (block) block.hidden = !isShown && !block.querySelector("textarea")?.value;
  }
}

function showParts(parts) {
  for (const [name, html] of Object.entries(parts)) {
    const part = document.querySelector(`[data-hint-html="${name}"]`);
    if (!part || part.dataset.shown === html) continue;
    part.dataset.shown = html;
    part.hidden = html.trim() === "";
    part.innerHTML = html;
  }
}

function askingFor(form) {
  let timer;
  let asked = 0;
  async function ask() {
    const turn = (asked += 1);
    const answer = await post(form, form.dataset.hintsUrl, new FormData(form));
    if (!answer?.ok || turn !== asked) return;
    const hints = await answer.json();
    showText(hints.text);
    showBlocks(hints.blocks);
    showParts(hints.html);
  }
  return () => {
    clearTimeout(timer);
    timer = setTimeout(() => ask().catch(() => {}), PAUSE);
  };
}

function followSections(links) {
  const byId = new Map(links.map((link) => [decodeURIComponent(link.hash.slice(1)), link]));
  const watcher = new IntersectionObserver((entries) => {
    const seen = entries.find((entry) => entry.isIntersecting);
    if (!seen) return;
    for (const link of links) link.removeAttribute("aria-current");
    byId.get(seen.target.id).setAttribute("aria-current", "true");
  }, { rootMargin: "-15% 0px -70% 0px" });
  for (const id of byId.keys()) {
    const section = document.getElementById(id);
    if (section) watcher.observe(section);
  }
}

function guardLeaving(form) {
  let dirty = form.dataset.dirty !== undefined;
  form.addEventListener("input", () => { dirty = true; });
  form.addEventListener("submit", () => { dirty = false; });
  window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
}

const form = document.querySelector("form[data-form]");
if (form) {
  guardLeaving(form);
  watchSession(form);
  if (form.dataset.hintsUrl) form.addEventListener("input", askingFor(form));
}
followSections([...document.querySelectorAll(".section-nav a")]);
