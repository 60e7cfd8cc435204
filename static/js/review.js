/* Single keys of the pages of records: an element with data-key="j" is pressed, ticked when it is a box, or focused
   when text goes into it. data-needs names fields of which one must be filled before the press counts; else the first
   is focused. Off while typing, with a modifier, and when the person switched shortcuts off.
   In a form with data-enter="r" Enter in a text only leads to the button of that key, in a box it does nothing, and
   Escape leaves a text. */

import { isTyping, keysAreOn } from "./app.js";

function keyed(key) {
  return document.querySelector(`[data-key="${CSS.escape(key)}"]`);
}

function missingField(button) {
  const names = (button.dataset.needs ?? "").split(" ").filter((name) => name in (button.form?.elements ?? {}));
  const values = new FormData(button.form ?? undefined);
  const isFilled = names.some((name) => values.getAll(name).some((value) => value.trim()));
  return names.length && !isFilled ? button.form.elements[names[0]] : null;
}

function leave(event) {
  const form = event.target.closest("form[data-enter]");
  if (!form || event.isComposing || !event.target.matches("input")) return;
  if (event.key === "Escape") event.target.blur();
  if (event.key !== "Enter") return;
  event.preventDefault();
  if (isTyping(event.target)) keyed(form.dataset.enter)?.focus();
}

document.addEventListener("keydown", (event) => {
  const modified = event.ctrlKey || event.metaKey || event.altKey;
  leave(event);
  if (modified || event.repeat || isTyping(event.target) || !keysAreOn()) return;
  const target = keyed(event.key.toLowerCase());
  if (!target || target.matches(":disabled, [aria-disabled=true]")) return;
  event.preventDefault();
  const field = isTyping(target) ? target : missingField(target);
  if (field) field.focus();
  else target.click();
});
