/* Remarks of who reviews: the button at a field or row, or C while it has the focus, puts a text there that goes with
   the return. An empty one goes away; Enter and Escape lead back to the button. The page lists where there are some.
   Contract: [data-place] around button[data-pin]; <template data-remark> with input[data-remark-text], in whose label
   {place} stands for the name; [data-remarks] with a span for the links. */

import { isTyping, keysAreOn } from "./app.js";

const pattern = document.querySelector("template[data-remark]");
const list = document.querySelector("[data-remarks]");

function made(place, name) {
  const remark = pattern.content.firstElementChild.cloneNode(true);
  const text = remark.querySelector("input");
  text.name += place.dataset.place;
  text.dataset.remarkText = name;
  text.setAttribute("aria-label", text.getAttribute("aria-label").replace("{place}", name));
  return remark;
}

function write(place) {
  const button = place.querySelector("[data-pin]");
  if (!place.querySelector("[data-remark-text]")) button.after(made(place, button.dataset.pin));
  place.dataset.remarked = "";
  place.querySelector("[data-remark-text]").focus();
}

function link(text) {
  const made = document.createElement("a");
  made.href = `#${text.closest("[data-place]").id}`;
  made.textContent = text.dataset.remarkText;
  return made;
}

function refresh() {
  const texts = [...document.querySelectorAll("[data-place] [data-remark-text]")].filter((one) => one.value.trim());
  list.querySelector("span").replaceChildren(...texts.map(link));
  list.hidden = !texts.length;
}

function tidy(event) {
  const text = event.target.closest("[data-remark-text]");
  if (!text || text.value.trim()) return;
  delete text.closest("[data-place]").dataset.remarked;
  text.closest(".remark").remove();
  refresh();
}

function onKey(event) {
  const place = event.target.closest("[data-place]");
  if (!place || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("[data-remark-text]")) {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    place.querySelector("[data-pin]").focus();
  } else if (event.key.toLowerCase() === "c" && !event.repeat && !isTyping(event.target) && keysAreOn()) {
    event.preventDefault();
    event.stopPropagation();
    write(place);
  }
}

if (pattern) {
  document.addEventListener("keydown", onKey, true);
  document.addEventListener("focusout", tidy);
  document.addEventListener("input", (event) => { if (event.target.matches("[data-remark-text]")) refresh(); });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-pin]");
    if (button) write(button.closest("[data-place]"));
  });
}
