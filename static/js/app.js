/* What every page has: theme, messages, menus, search key, help, focus on errors, one submit only.
   Nothing here is needed to use a page. Hooks: data-theme-toggle, data-dismiss, data-focus-on-load, data-auto-submit. */

const EIGHT_SECONDS = 8000;

const TAKES_TEXT = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=submit], [type=button], [type=reset])";

/* Whether keys pressed here write or choose something; a box that is only ticked takes no letters. */
export function isTyping(target) {
  return target.closest(TAKES_TEXT) !== null;
}

export function keysAreOn() {
  return document.body.dataset.shortcuts !== "off";
}

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function toggleTheme(event) {
  event.preventDefault();
  const theme = isDark() ? "light" : "dark";
  const body = new FormData(event.currentTarget.form);
  body.set("theme", theme);
  document.documentElement.dataset.theme = theme;
  fetch(event.currentTarget.form.action, { method: "POST", body, redirect: "manual" });
}

function leaveLater(toast) {
  let timer;
  const start = () => { timer = setTimeout(() => toast.remove(), EIGHT_SECONDS); };
  const stop = () => clearTimeout(timer);
  for (const name of ["mouseenter", "focusin"]) toast.addEventListener(name, stop);
  for (const name of ["mouseleave", "focusout"]) toast.addEventListener(name, start);
  start();
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
}

function closeMenuOf(element) {
  const menu = element.closest("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
}

function onKey(event) {
  if (event.key === "Escape") closeMenuOf(event.target);
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (!plain || isTyping(event.target) || !keysAreOn()) return;
  if (event.key === "/") {
    const search = document.querySelector("[data-search]");
    if (search) { event.preventDefault(); search.focus(); search.select(); }
  } else if (event.key === "?") {
    document.getElementById("shortcuts")?.showPopover();
  }
}

function onSubmit(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  event.submitter?.setAttribute("aria-busy", "true");
}

function forgetSent() {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
}

for (const button of document.querySelectorAll("[data-theme-toggle]")) {
  button.addEventListener("click", toggleTheme);
}
document.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".toast")?.remove());
const watchToasts = () => document.querySelectorAll(".toasts > .toast[role=status]").forEach(leaveLater);
document.addEventListener("kehu:toasts", watchToasts);  // sent where toasts are put in by a script
watchToasts();
for (const control of document.querySelectorAll("[data-auto-submit]")) {
  control.addEventListener("change", () => control.form.requestSubmit());
}
document.querySelector("[data-focus-on-load]")?.focus();
document.querySelector(".queue [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
document.addEventListener("keydown", onKey);
document.addEventListener("submit", onSubmit);
window.addEventListener("pageshow", (event) => { if (event.persisted) forgetSent(); });
