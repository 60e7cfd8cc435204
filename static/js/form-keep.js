/* Keeps what is typed into a long form on the server, every 20 seconds and on leaving, until it is saved.
   Contract: <form data-keep-url="…"> with the hidden fields key and writer. The record is never touched. */

import { post } from "./session-ended.js";

const TWENTY_SECONDS = 20_000;

function content(form) {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") fields.append(name, value);
  fields.delete("action");
  return fields;
}

function withPlace(fields, form) {
  fields.set("place", new URL(form.getAttribute("action") ?? "", location.href).pathname);
  return fields;
}

function watch(form) {
  const comparable = () => { const fields = content(form); fields.delete("csrfmiddlewaretoken"); return fields.toString(); };
  let known = comparable();
  let changed = form.dataset.dirty !== undefined;
  form.addEventListener("input", () => { changed = true; });
  const isNew = () => changed && comparable() !== known;
  setInterval(() => {
    if (!isNew()) return;
    known = comparable();
    post(form, form.dataset.keepUrl, withPlace(content(form), form)).catch(() => { known = ""; });
  }, TWENTY_SECONDS);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden" || form.dataset.sent || !isNew()) return;
    known = comparable();
    navigator.sendBeacon(form.dataset.keepUrl, withPlace(content(form), form));
  });
}

for (const form of document.querySelectorAll("form[data-keep-url]")) watch(form);
