/* The file of an import: dropped on the zone or chosen, shown with its size, refused here when it is too large.
   Contract: form[data-limit] in bytes; label[data-dropzone] around input[data-file]; [data-chosen] with [data-chosen-name],
   [data-chosen-size], [data-chosen-remove]; [data-too-large]. Without script the plain input does the same. */

const KIB = 1024;
const zone = document.querySelector("[data-dropzone]");
const input = zone?.querySelector("[data-file]");
const chosen = document.querySelector("[data-chosen]");
const tooLarge = document.querySelector("[data-too-large]");

function size(bytes) {
  const isSmall = bytes < KIB * KIB;
  const amount = isSmall ? Math.max(1, Math.round(bytes / KIB)) : Math.round((bytes / KIB / KIB) * 10) / 10;
  return `${amount.toLocaleString(document.documentElement.lang)} ${isSmall ? "KB" : "MB"}`;
}

function isTooLarge() {
  const file = input.files[0];
  return file !== undefined && file.size > Number(input.form.dataset.limit);
}

function show() {
  const file = input.files[0];
  chosen.hidden = !file || isTooLarge();
  tooLarge.hidden = !isTooLarge();
  if (!file) return;
  chosen.querySelector("[data-chosen-name]").textContent = file.name;
  chosen.querySelector("[data-chosen-size]").textContent = size(file.size);
}

function onDrop(event) {
  event.preventDefault();
  delete zone.dataset.dragover;
  if (event.dataTransfer.files.length === 0) return;
  input.files = event.dataTransfer.files;
  show();
}

if (input) {
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => { event.preventDefault(); zone.dataset.dragover = ""; });
  }
  zone.addEventListener("dragleave", () => { delete zone.dataset.dragover; });
  zone.addEventListener("drop", onDrop);
  input.addEventListener("change", show);
  input.form.addEventListener("submit", (event) => { if (isTooLarge()) { event.preventDefault(); tooLarge.scrollIntoView({ block: "nearest" }); } }, { capture: true });
  chosen.querySelector("[data-chosen-remove]").addEventListener("click", () => { input.value = ""; show(); input.focus(); });
  window.addEventListener("pageshow", show);
}
