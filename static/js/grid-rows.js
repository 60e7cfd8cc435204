/* Sub-entry grids: add, insert, copy, delete rows; Enter, Ctrl+D; rows pasted from a spreadsheet.
   Contract: <section data-grid data-prefix="lines" data-max="200" data-row-pattern="Row {row} {label}"> with
   <template data-grid-row> (one tr, __prefix__ in names and ids), the management form, and in each
   tbody > tr[data-row] a checkbox "…-DELETE" and, where the order counts, a hidden "…-line". Buttons: data-grid-add, data-row-insert, data-row-copy, data-row-delete.
   A cell carries data-cell-label; a button data-row-pattern="Delete row {row}"; [data-pick] is single over the rows;
   [data-grid-count] shows the number of rows, [data-grid-full] says that no more fit. */

import { CELLS, addRow, cellsOf, copyRow, deleteRow, messageOf, renumber, setValue, visibleRows } from "./grid.js";
import { parseRows } from "./paste.js";

const BUTTONS = "[data-row-insert], [data-row-copy], [data-row-delete]";
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function goNext(grid, cell) {
  const cells = visibleRows(grid).flatMap(cellsOf);
  const next = cells[cells.indexOf(cell) + 1];
  (next ?? cellsOf(addRow(grid) ?? cell.closest("tr"))[0])?.focus();
}

function copyAbove(grid, cell) {
  const rows = visibleRows(grid);
  const row = cell.closest("tr");
  const above = rows[rows.indexOf(row) - 1];
  if (above) setValue(cell, cellsOf(above)[cellsOf(row).indexOf(cell)].value);
}

function pasteInto(grid, cell, rows) {
  let row = cell.closest("tr");
  const column = cellsOf(row).indexOf(cell);
  rows.forEach((values, index) => {
    if (index > 0) {
      const all = visibleRows(grid);
      row = all[all.indexOf(row) + 1] ?? addRow(grid);
    }
    if (!row) return;
    const cells = cellsOf(row);
    values.forEach((value, offset) => { if (cells[column + offset]) setValue(cells[column + offset], value); });
  });
}

function onKey(event) {
  const grid = event.currentTarget;
  onArrow(grid, event);
  const cell = event.target.closest(CELLS);
  if (!cell || event.isComposing || event.defaultPrevented) return;
  if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && cell.tagName !== "TEXTAREA") {
    event.preventDefault();
    goNext(grid, cell);
  } else if (event.key.toLowerCase() === "d" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    copyAbove(grid, cell);
  }
}

/* One stop for the buttons of all rows: arrows move among them. */
function onArrow(grid, event) {
  const button = event.target.closest(BUTTONS);
  const step = STEPS[event.key];
  if (!button || !step) return;
  event.preventDefault();
  const rows = visibleRows(grid);
  const row = button.closest("tr");
  const buttons = buttonsOf(row);
  const down = rows[rows.indexOf(row) + step[1]] ?? row;
  rove(grid, buttonsOf(down)[buttons.indexOf(button) + step[0]] ?? button).focus();
}

function buttonsOf(row) {
  return [...row.querySelectorAll(BUTTONS)];
}

function rove(grid, chosen) {
  for (const one of grid.querySelectorAll(BUTTONS)) one.tabIndex = -1;
  chosen.tabIndex = 0;
  return chosen;
}

function oneStop(grid) {
  const first = visibleRows(grid)[0]?.querySelector(BUTTONS);
  const known = grid.querySelector(`tr[data-row]:not([hidden]) :is(${BUTTONS})[tabindex="0"]`);
  if (first && !known) rove(grid, first);
}

function onPaste(event) {
  const cell = event.target.closest(CELLS);
  const rows = parseRows(event.clipboardData.getData("text/plain"));
  if (!cell || (rows.length < 2 && (rows[0]?.length ?? 0) < 2)) return;
  event.preventDefault();
  pasteInto(event.currentTarget, cell, rows);
}

function onClick(event) {
  const grid = event.currentTarget;
  const button = event.target.closest("button");
  const row = button?.closest("tr[data-row]");
  if (!button) return;
  if (button.matches(BUTTONS)) rove(grid, button);
  if ("gridAdd" in button.dataset) cellsOf(addRow(grid) ?? visibleRows(grid).at(-1))[0]?.focus();
  else if ("rowInsert" in button.dataset) cellsOf(addRow(grid, row) ?? row)[0]?.focus();
  else if ("rowCopy" in button.dataset) copyRow(grid, row);
  else if ("rowDelete" in button.dataset) deleteRow(grid, row);
  oneStop(grid);
}

function onPick(event) {
  if (!("pick" in event.target.dataset) || !event.target.checked) return;
  for (const other of event.currentTarget.querySelectorAll("[data-pick]")) {
    if (other !== event.target && other.dataset.pick === event.target.dataset.pick) other.checked = false;
  }
}

for (const grid of document.querySelectorAll("[data-grid]")) {
  grid.addEventListener("keydown", onKey);
  grid.addEventListener("paste", onPaste);
  grid.addEventListener("click", onClick);
  grid.addEventListener("change", onPick);
  for (const row of grid.querySelectorAll("tr[data-row]")) {
    if (row.querySelector('[name$="-DELETE"]')?.checked) {
      row.hidden = true;
      messageOf(row)?.setAttribute("hidden", "");
    }
  }
  renumber(grid);
  oneStop(grid);
}
