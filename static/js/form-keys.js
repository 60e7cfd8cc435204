/* Keys of a long form. Contract: <form data-form>; Ctrl+S presses [data-save], Ctrl+Enter [data-submit]; Enter goes to the
   next field and sends nothing; F8 goes to the next field that is needed and empty, or wrong: [aria-required] without a
   value, [aria-invalid], and what links in [data-hint-html=missing] point to (data-then names a second place).
   After [data-save] the page comes back to the field it was pressed in. */

const FIELDS = "input:not([type=hidden]), select, textarea";
const BACK = "form-back";

function fieldsOf(form) {
  const all = [...form.querySelectorAll(FIELDS)];
  return all.filter((one) => !one.disabled && one.tabIndex >= 0 && one.checkVisibility({ visibilityProperty: true }));
}

function goNext(form, field) {
  const fields = fieldsOf(form).filter((one) => one === field || one.type !== "radio");
  const next = fields[fields.indexOf(field) + 1] ?? document.querySelector("[data-submit]");
  next?.focus();
}

function isOpen(field) {
  return !field.value.trim() || field.getAttribute("aria-invalid") === "true";
}

function linked() {
  return [...document.querySelectorAll("[data-hint-html=missing] a[href^='#']")].flatMap((link) =>
    [link.hash, link.dataset.then].filter(Boolean).map((hash) => document.getElementById(hash.slice(1))));
}

function openFields(form) {
  const visible = fieldsOf(form);
  const named = new Set(linked());
  return visible.filter((one) => isOpen(one) && (named.has(one) || one.getAttribute("aria-required") === "true"
    || one.getAttribute("aria-invalid") === "true"));
}

function goOpen(form) {
  const here = document.activeElement;
  const open = openFields(form).filter((one) => one !== here);
  const after = open.find((one) => here.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
  (after ?? open[0] ?? document.querySelector("[data-submit]"))?.focus();
}

function press(selector, event) {
  const button = document.querySelector(selector);
  if (!button || button.disabled) return;
  event.preventDefault();
  button.click();
}

function onKey(form, event) {
  if (event.isComposing || event.defaultPrevented) return;
  if (event.ctrlKey || event.metaKey) {
    if (event.key.toLowerCase() === "s") { remember(); press("[data-save]", event); }
    if (event.key === "Enter") press("[data-submit]", event);
  } else if (event.key === "F8") {
    event.preventDefault();
    goOpen(form);
  } else if (event.key === "Enter" && !event.altKey && event.target.matches("input, select") && form.contains(event.target)) {
    event.preventDefault();
    goNext(form, event.target);
  }
}

/* The name of a field, never what stands in it. */
function remember() {
  const name = document.activeElement?.name;
  if (name) sessionStorage.setItem(BACK, name);
}

function comeBack(form) {
  const name = sessionStorage.getItem(BACK);
  sessionStorage.removeItem(BACK);
  if (name && !document.querySelector("[data-focus-on-load]")) form.elements[name]?.focus?.();
}

const form = document.querySelector("form[data-form]");
if (form) {
  document.addEventListener("keydown", (event) => onKey(form, event));
  comeBack(form);
}
