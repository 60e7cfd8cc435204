/* The grid of an import: a cell is changed in place, and only what changed on the page is put in.
   Contract: table[data-sheet] with td[data-row][data-column] around [data-text]; form#cell-form carries key, version, sheet and
   place; forms with data-swap-form are sent in the background; elements with an id and data-swap are replaced by their namesakes
   of the page that comes back. A double click, Enter or F2 on a cell opens it, Enter keeps, Escape leaves. Without script the
   links in the cells lead to a page of their own. [data-all-problem] says why "all or nothing" cannot be written. */

let editing = null;

function cellForm() {
  return document.getElementById("cell-form");
}

function sameCell(row, column) {
  return document.querySelector(`[data-sheet] td[data-row="${row}"][data-column="${column}"]`);
}

function focusCell(cell) {
  if (!cell) return;
  cell.tabIndex = -1;
  cell.focus();
  cell.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function leave() {
  if (!editing) return;
  const { cell, box } = editing;
  editing = null;
  box.remove();
  delete cell.dataset.editing;
  focusCell(cell);
}

function tell(text) {
  editing.box.querySelector("[data-wrong]")?.remove();
  const line = document.createElement("small");
  line.dataset.wrong = "";
  line.setAttribute("role", "alert");
  line.className = "t-danger";
  line.textContent = text;
  editing.box.append(line);
}

function open(cell) {
  if (editing?.cell === cell) return;
  leave();
  const table = cell.closest("[data-sheet]");
  const box = document.createElement("span");
  box.className = "cell-box";
  const input = document.createElement("input");
  input.className = "input";
  input.maxLength = 2000;
  const text = cell.querySelector("[data-text]");
  input.value = text.dataset.empty === undefined ? text.textContent : "";
  input.setAttribute("aria-label", table.dataset.label);
  box.append(input);
  cell.append(box);
  cell.dataset.editing = "";
  editing = { cell, box, input, row: cell.dataset.row, column: cell.dataset.column, before: input.value };
  input.addEventListener("keydown", onInputKey);
  input.focus();
  input.select();
}

function swap(page) {
  for (const fresh of page.querySelectorAll("[data-swap][id]")) {
    document.getElementById(fresh.id)?.replaceWith(document.adoptNode(fresh));
  }
  const told = page.querySelector(".toasts");
  if (told) {
    document.querySelector(".toasts")?.remove();
    document.body.append(document.adoptNode(told));
    document.dispatchEvent(new Event("kehu:toasts"));
  }
  prepare();
}

function reasonOf(page) {
  const found = page.querySelector(".field__error, #problem p, #errors li");
  return found ? found.textContent.trim() : "";
}

async function send(form, body) {
  const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const isHere = page.getElementById("check") !== null || page.getElementById("fix-form") !== null;
  if (!isHere) location.assign(answer.ok ? answer.url : location.href);
  return { page, isHere, isDone: answer.ok };
}

function refuse(page) {
  const form = cellForm();
  const fresh = page.querySelector("#fix-form, #cell-form");
  for (const name of ["key", "version"]) {
    const value = fresh?.querySelector(`[name="${name}"]`)?.value;
    if (value) form.querySelector(`[name="${name}"]`).value = value;
  }
  tell(reasonOf(page));
  editing.input.readOnly = false;
  editing.input.removeAttribute("aria-busy");
  editing.input.focus();
}

async function keep() {
  const { input, row, column, before } = editing;
  if (input.value === before) { leave(); return; }
  const form = cellForm();
  const body = new FormData(form);
  body.set("row", row);
  body.set("column", column);
  body.set("value", input.value);
  input.readOnly = true;
  input.setAttribute("aria-busy", "true");
  try {
    const came = await send(form, body);
    if (!came.isHere) return;
    if (!came.isDone) { refuse(came.page); return; }
    editing = null;
    swap(came.page);
    // The page that came leads to the next error; without any, to the button that writes.
    const next = document.getElementById("next") ?? sameCell(row, column);
    if (next) focusCell(next);
    else document.getElementById("check").focus({ preventScroll: true });
  } catch {
    location.reload();
  }
}

function onInputKey(event) {
  if (event.key === "Enter") { event.preventDefault(); if (!event.currentTarget.readOnly) keep(); }
  if (event.key === "Escape") { event.preventDefault(); leave(); }
  event.stopPropagation();
}

function moved(cell, key) {
  const line = cell.closest("tr");
  const column = cell.dataset.column;
  if (key === "ArrowRight") return cell.nextElementSibling;
  if (key === "ArrowLeft") return cell.previousElementSibling?.matches("[data-column]") ? cell.previousElementSibling : null;
  let next = line;
  do next = key === "ArrowDown" ? next.nextElementSibling : next.previousElementSibling;
  while (next && !next.querySelector(`td[data-column="${column}"]`));
  return next?.querySelector(`td[data-column="${column}"]`);
}

function onKey(event) {
  const cell = event.target.closest?.("[data-sheet] td[data-column]");
  if (!cell || event.target !== cell) return;
  if (event.key === "Enter" || event.key === "F2") { event.preventDefault(); open(cell); }
  if (event.key.startsWith("Arrow")) {
    const next = moved(cell, event.key);
    if (next) { event.preventDefault(); focusCell(next); }
  }
}

function onClick(event) {
  const link = event.target.closest(".cell-edit");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    open(link.closest("td"));
    return;
  }
  if (editing && !editing.cell.contains(event.target) && editing.input.value === editing.before) leave();
}

async function onSubmit(event) {
  const form = event.target;
  if (form.dataset.swapForm === undefined || event.defaultPrevented) return;
  event.preventDefault();
  const body = new FormData(form, event.submitter);
  event.submitter?.setAttribute("aria-busy", "true");
  try {
    const came = await send(form, body);
    if (!came.isHere) return;
    swap(came.page);
    (document.getElementById("problem") ?? document.getElementById("check")).focus({ preventScroll: came.isDone });
  } catch {
    location.reload();
  }
}

function watchPolicy() {
  const form = document.querySelector("[data-all-problem]");
  const button = document.querySelector('[form="write-form"][type="submit"]');
  const told = document.getElementById("write-problem");
  if (!form || !button || !told) return;
  const show = () => {
    const isAll = form.querySelector('[name="policy"]:checked')?.value === "all";
    button.disabled = isAll;
    told.textContent = isAll ? form.dataset.allProblem : "";
  };
  form.addEventListener("change", show);
  show();
}

function prepare() {
  watchPolicy();
  if (location.hash === "#next") focusCell(document.getElementById("next"));
  const first = document.querySelector("[data-sheet] td[data-column]");
  if (first) first.tabIndex = 0;
}

document.addEventListener("dblclick", (event) => {
  const cell = event.target.closest("[data-sheet] td[data-column]");
  if (cell && !event.target.closest("a, button, input")) open(cell);
});
document.addEventListener("click", onClick);
document.addEventListener("keydown", onKey);
document.addEventListener("submit", onSubmit);
prepare();
