/* The rows of a sub-entry grid: find, add, copy, delete, number them. Keys and buttons are in grid-rows.js,
   where the contract with the markup is written. */

export const CELLS = "input.input:not([type=hidden]), select.input, textarea.input";

export function visibleRows(grid) {
  return [...grid.querySelectorAll("tbody > tr[data-row]:not([hidden])")];
}

export function cellsOf(row) {
  return [...row.querySelectorAll(CELLS)];
}

function isFull(grid) {
  const total = Number(totalOf(grid).value);
  return grid.dataset.max !== undefined && total >= Number(grid.dataset.max);
}

function totalOf(grid) {
  return grid.querySelector(`[name="${grid.dataset.prefix}-TOTAL_FORMS"]`);
}

function newRow(grid) {
  const total = totalOf(grid);
  const holder = document.createElement("tbody");
  const template = grid.querySelector("template[data-grid-row]");
  holder.append(template.content.cloneNode(true));
  for (const element of holder.querySelectorAll("*")) {
    for (const attribute of element.attributes) {
      attribute.value = attribute.value.replaceAll("__prefix__", total.value);
    }
  }
  total.value = Number(total.value) + 1;
  return holder.querySelector("tr[data-row]");
}

export function addRow(grid, after) {
  if (isFull(grid)) {
    grid.querySelector("[data-grid-full]")?.removeAttribute("hidden");
    return null;
  }
  const row = newRow(grid);
  if (after) lastOf(after).after(row); else grid.querySelector("tbody").append(row);
  renumber(grid);
  return row;
}

export function messageOf(row) {
  const next = row.nextElementSibling;
  return next?.classList.contains("eg__msg") ? next : null;
}

function lastOf(row) {
  return messageOf(row) ?? row;
}

export function setValue(cell, text) {
  if (cell.readOnly || cell.disabled) return;
  if (cell.tagName === "SELECT") {
    const wanted = text.trim();
    const option = [...cell.options].find((one) => one.text.trim() === wanted || one.value === wanted);
    if (option) cell.value = option.value;
  } else {
    cell.value = text.trim();
  }
  cell.dispatchEvent(new Event("input", { bubbles: true }));
}

export function copyRow(grid, row) {
  const copy = addRow(grid, row);
  if (!copy) return;
  const targets = cellsOf(copy);
  cellsOf(row).forEach((cell, index) => setValue(targets[index], cell.value));
  targets[0]?.focus();
}

export function deleteRow(grid, row) {
  const box = row.querySelector('[name$="-DELETE"]');
  if (box) box.checked = true;
  row.hidden = true;
  messageOf(row)?.setAttribute("hidden", "");
  const rows = visibleRows(grid);
  for (const pick of row.querySelectorAll("[data-pick]:checked")) {
    pick.checked = false;
    const first = rows[0]?.querySelector(`[data-pick="${pick.dataset.pick}"]`);
    if (first) first.checked = true;
  }
  renumber(grid);
  (rows.length ? cellsOf(rows.at(-1))[0] : grid.querySelector("[data-grid-add]"))?.focus();
  grid.dispatchEvent(new Event("input", { bubbles: true }));
}

export function renumber(grid) {
  const rows = visibleRows(grid);
  rows.forEach((row, index) => {
    const number = index + 1;
    const cell = row.querySelector(".eg__no");
    if (cell) cell.textContent = number;
    const line = row.querySelector('[name$="-line"]');
    if (line) line.value = index;
    for (const one of row.querySelectorAll("[data-cell-label]")) {
      one.setAttribute("aria-label", fill(grid.dataset.rowPattern, number, one.dataset.cellLabel));
    }
    for (const one of row.querySelectorAll("[data-row-pattern]")) {
      const label = fill(one.dataset.rowPattern, number, "");
      one.setAttribute("aria-label", label);
      if (one.hasAttribute("title")) one.title = label;
    }
  });
  for (const count of grid.querySelectorAll("[data-grid-count]")) count.textContent = rows.length;
}

function fill(pattern, row, label) {
  return pattern.replace("{row}", row).replace("{label}", label);
}
