/* Single keys of the pages of records: an element with data-key="j" is pressed, or focused when it is an input.
   data-needs names fields of which one must be filled before the press counts; else the first is focused.
   Off inside inputs, with a modifier, and when the person switched shortcuts off. */

import { isTyping, keysAreOn } from "./app.js";

function missingField(button) {
  const names = (button.dataset.needs ?? "").split(" ").filter(Boolean);
  const values = new FormData(button.form ?? undefined);
  const isFilled = names.some((name) => values.getAll(name).some((value) => value.trim()));
  return names.length && !isFilled ? button.form.elements[names[0]] : null;
}

document.addEventListener("keydown", (event) => {
  const modified = event.ctrlKey || event.metaKey || event.altKey;
  if (modified || event.repeat || isTyping(event.target) || !keysAreOn()) return;
  const target = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!target || target.matches(":disabled, [aria-disabled=true]")) return;
  event.preventDefault();
  const field = target.matches("input, textarea, select") ? target : missingField(target);
  if (field) field.focus();
  else target.click();
});
