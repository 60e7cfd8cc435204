/* Puts what the server says is wrong at the fields that were left, and takes it away when it is mended.
   Contract: <template data-error-pattern> with p.field__error > span; fields in .field, or cells in tr[data-row],
   whose message row is the next tr.eg__msg. */

import { messageOf } from "./grid.js";

export function wrongOf(form) {
  return [...form.querySelectorAll("[aria-invalid=true]")].map((control) => control.id);
}

function describe(control, id, isOn) {
  const ids = new Set((control.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  if (isOn) ids.add(id); else ids.delete(id);
  if (ids.size) control.setAttribute("aria-describedby", [...ids].join(" "));
  else control.removeAttribute("aria-describedby");
  if (isOn) control.setAttribute("aria-invalid", "true");
  else control.removeAttribute("aria-invalid");
}

function made(id) {
  const pattern = document.querySelector("template[data-error-pattern]").content.firstElementChild;
  const line = pattern.cloneNode(true);
  line.id = id;
  return line;
}

function messageRow(row) {
  const known = messageOf(row);
  if (known) return known;
  const made = document.createElement("tr");
  made.className = "eg__msg";
  const cell = document.createElement("td");
  cell.colSpan = Math.max(row.cells.length - 1, 1);
  made.append(document.createElement("td"), cell);
  row.after(made);
  return made;
}

function put(control, line) {
  const row = control.closest("tr[data-row]");
  const field = control.closest(".field");
  if (row) messageRow(row).lastElementChild.append(line);
  else if (field) field.insertBefore(line, field.querySelector(":scope > .field__hint"));
}

function remove(line) {
  const row = line.closest("tr.eg__msg");
  line.remove();
  if (row && !row.querySelector(".field__error")) row.remove();
}

export function showErrors(form, errors, left) {
  for (const id of wrongOf(form)) {
    if (errors[id]) continue;
    const control = document.getElementById(id);
    const line = document.getElementById(`${id}-e`);
    describe(control, `${id}-e`, false);
    if (line) remove(line);
  }
  for (const [id, text] of Object.entries(errors)) {
    const control = document.getElementById(id);
    if (!control || !left.has(id) || control.closest("tr[hidden]")) continue;
    let line = document.getElementById(`${id}-e`);
    if (!line) { line = made(`${id}-e`); put(control, line); }
    line.querySelector("span").textContent = text;
    describe(control, `${id}-e`, true);
  }
}
