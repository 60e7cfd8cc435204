/* A long form while it is filled in: hints from the server, a warning before leaving.
   Contract: <form data-form data-hints-url="…">, with data-dirty when it shows unsaved typing again. The answer is
   {"text": {name: words}, "blocks": {name: shown}, "html": {name: markup}, "marks": {section: markup},
   "errors": {id of a control: sentence}}: words go into [data-hint], markup of our own
   templates into [data-hint-html], [data-hint-block] is shown or hidden. 
   .section-nav links follow the section in view. */

import { showErrors, wrongOf } from "./form-errors.js";
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

function showMarks(marks) {
  for (const [section, html] of Object.entries(marks)) {
    const mark = document.querySelector(`[data-mark="${section}"]`);
    if (mark) mark.innerHTML = html;
  }
}

/* Asks half a second after the last key, and at once when a field is left. */
function asking(form) {
  const left = new Set(wrongOf(form));
  let timer;
  let turn = 0;
  let isNew = false;
  let errors = {};
  async function ask() {
    clearTimeout(timer);
    isNew = false;
    const mine = (turn += 1);
    const answer = await post(form, form.dataset.hintsUrl, new FormData(form));
    if (!answer?.ok || mine !== turn) return;
    const hints = await answer.json();
    showText(hints.text);
    showBlocks(hints.blocks);
    showParts(hints.html);
    showMarks(hints.marks);
    errors = hints.errors;
    showErrors(form, errors, left);
  }
  const start = () => ask().catch(() => {});
  form.addEventListener("input", () => {
    isNew = true;
    clearTimeout(timer);
    timer = setTimeout(start, PAUSE);
  });
  form.addEventListener("change", (event) => {
    left.add(event.target.id);
    if (isNew) start(); else showErrors(form, errors, left);
  });
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
  if (form.dataset.hintsUrl) asking(form);
}
followSections([...document.querySelectorAll(".section-nav a")]);
