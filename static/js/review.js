/* Single keys of the review page: an element with data-key="j" is pressed, or focused when it is an input.
   Off inside inputs, with a modifier, and when the person switched shortcuts off. */

import { isTyping, keysAreOn } from "./app.js";

document.addEventListener("keydown", (event) => {
  const modified = event.ctrlKey || event.metaKey || event.altKey;
  if (modified || event.repeat || isTyping(event.target) || !keysAreOn()) return;
  const target = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!target || target.matches(":disabled, [aria-disabled=true]")) return;
  event.preventDefault();
  if (target.matches("input, textarea, select")) target.focus();
  else target.click();
});
