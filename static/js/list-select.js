/* Row selection of a list: whole page, ranges with Shift, all matching, and the count in the bulk bar.
   Contract: row boxes [data-select-row] in .check-cell; head box [data-select-page]; each [data-select-all] is a
   checkbox "all matching", or "the first of them", with data-total, one at a time; [data-selected-count] shows the
   number; a reset button clears.
   Actions inside [data-needs-selection] are off while nothing is selected, and say so. */

const rows = [...document.querySelectorAll("[data-select-row]")];
const page = document.querySelector("[data-select-page]");
const alls = [...document.querySelectorAll("[data-select-all]")];
let last = null;

function whole() {
  return alls.find((box) => box.checked);
}

function uncheckAlls(but = null) {
  for (const box of alls) if (box !== but) box.checked = false;
}

function show() {
  const chosen = rows.filter((box) => box.checked);
  for (const box of rows) box.closest("tr").setAttribute("aria-selected", String(box.checked));
  if (page) {
    page.checked = chosen.length > 0 && chosen.length === rows.length;
    page.indeterminate = chosen.length > 0 && !page.checked;
  }
  for (const count of document.querySelectorAll("[data-selected-count]")) {
    count.textContent = whole() ? whole().dataset.total : chosen.length;
  }
  needSelection();
}

function needSelection() {
  const none = !whole() && !rows.some((box) => box.checked);
  const bar = document.querySelector("[data-needs-selection]");
  for (const button of bar?.querySelectorAll('button[form="bulk"][name="action"]') ?? []) {
    if (none) {
      button.setAttribute("aria-disabled", "true");
      button.title = bar.dataset.needsSelection;
    } else {
      button.removeAttribute("aria-disabled");
      button.removeAttribute("title");
    }
  }
}

function setAll(checked) {
  for (const box of rows) box.checked = checked;
}

function onRow(event) {
  const box = event.target;
  uncheckAlls();
  if (event.shiftKey && last) {
    const [from, to] = [rows.indexOf(last), rows.indexOf(box)].sort((a, b) => a - b);
    for (const one of rows.slice(from, to + 1)) one.checked = box.checked;
  }
  last = box;
  show();
}

for (const box of rows) box.addEventListener("click", onRow);
document.querySelector("[data-needs-selection]")?.addEventListener("click", (event) => {
  if (event.target.closest("button[aria-disabled]")) event.preventDefault();
});
page?.addEventListener("change", () => {
  setAll(page.checked);
  if (!page.checked) uncheckAlls();
  show();
});
for (const box of alls) {
  box.addEventListener("change", () => {
    uncheckAlls(box);
    if (box.checked) setAll(true);
    show();
  });
}
rows[0]?.form?.addEventListener("reset", () => requestAnimationFrame(show));
window.addEventListener("pageshow", show);
show();
