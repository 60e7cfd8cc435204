/* Rows of a list: a click on free space opens the row, J and K walk along the rows, Enter opens (it is the link that has
   the focus). A field [data-menu-search] narrows the items of its menu. Contract: table[data-open-rows] with the link in
   .cell-title; groups of a menu are [data-menu-group] with .menu__item. */

import { isTyping, keysAreOn } from "./app.js";

const OWN = "a, button, input, label, select, summary";
const table = document.querySelector("[data-open-rows]");

function linkOf(row) {
  return row?.querySelector(".cell-title a");
}

function open(event) {
  const row = event.target.closest("tbody tr");
  const link = linkOf(row);
  if (!link || event.target.closest(OWN) || getSelection().toString()) return;
  const box = event.target.closest(".check-cell")?.querySelector("input");
  if (box) box.click();
  else if (event.ctrlKey || event.metaKey) window.open(link.href, "_blank", "noopener");
  else link.click();
}

function walk(event) {
  const modified = event.ctrlKey || event.metaKey || event.altKey;
  const step = { j: 1, k: -1 }[event.key.toLowerCase()];
  if (!step || modified || isTyping(event.target) || !keysAreOn()) return;
  const rows = [...table.tBodies[0].rows];
  const now = rows.indexOf(document.activeElement.closest("tbody tr"));
  const next = now < 0 ? (step > 0 ? 0 : rows.length - 1) : now + step;
  const link = linkOf(rows[next]);
  if (!link) return;
  event.preventDefault();
  link.focus();
  rows[next].scrollIntoView({ block: "nearest" });
}

function narrow(event) {
  const words = event.target.value.trim().toLowerCase();
  for (const group of event.target.form.querySelectorAll("[data-menu-group]")) {
    const items = [...group.querySelectorAll(".menu__item")];
    for (const item of items) item.hidden = !item.textContent.toLowerCase().includes(words);
    group.hidden = items.every((item) => item.hidden);
  }
}

table?.addEventListener("click", open);
if (table) document.addEventListener("keydown", walk);
for (const field of document.querySelectorAll("[data-menu-search]")) {
  field.addEventListener("input", narrow);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    field.form.querySelector(".menu__item:not([hidden])")?.click();
  });
  field.closest("details").addEventListener("toggle", (event) => { if (event.target.open) field.focus(); });
}
