/* The column chooser: buttons move a column up or down; the order of the checkboxes is what is sent.
   Contract: [data-columns] holds items [data-column] with a checkbox and buttons [data-move="up"|"down"]. */

function refresh(list) {
  const items = [...list.querySelectorAll("[data-column]")];
  items.forEach((item, index) => {
    item.querySelector('[data-move="up"]').disabled = index === 0;
    item.querySelector('[data-move="down"]').disabled = index === items.length - 1;
  });
}

function onClick(event) {
  const button = event.target.closest("[data-move]");
  if (!button) return;
  event.preventDefault();
  const item = button.closest("[data-column]");
  const other = button.dataset.move === "up" ? item.previousElementSibling : item.nextElementSibling;
  if (!other?.matches("[data-column]")) return;
  if (button.dataset.move === "up") other.before(item); else other.after(item);
  refresh(event.currentTarget);
  (button.disabled ? item.querySelector("[data-move]:enabled") : button)?.focus();
}

for (const list of document.querySelectorAll("[data-columns]")) {
  list.addEventListener("click", onClick);
  refresh(list);
}
