/* A long form while it is filled in: hints from the server, keys to save and submit, a warning before leaving.
   Contract: <form data-form data-hints-url="…">, with data-dirty when it shows unsaved typing again. The answer is {"text": {"code": "…"}, "lists": {"missing": [{"href",
   "label"}]}}: text goes into [data-hint="code"], a list into <ul data-hint-list="missing"> made from its
   <template data-hint-item> (an li with an a). Ctrl+S presses [data-save], Ctrl+Enter [data-submit];
   .section-nav links follow the section in view. */

const PAUSE = 500;

function showText(values) {
  for (const [name, value] of Object.entries(values)) {
    for (const target of document.querySelectorAll(`[data-hint="${name}"]`)) {
      target.textContent = value;
      target.hidden = value === "";
    }
  }
}

function showLists(lists) {
  for (const [name, items] of Object.entries(lists)) {
    const list = document.querySelector(`[data-hint-list="${name}"]`);
    const template = list?.querySelector("template[data-hint-item]");
    if (!template) continue;
    for (const old of list.querySelectorAll("li")) old.remove();
    for (const item of items) {
      const line = template.content.cloneNode(true);
      const link = line.querySelector("a");
      link.textContent = item.label;
      link.href = item.href;
      list.append(line);
    }
    for (const empty of document.querySelectorAll(`[data-hint-empty="${name}"]`)) empty.hidden = items.length > 0;
  }
}

function askingFor(form) {
  let timer;
  let asked = 0;
  async function ask() {
    const turn = (asked += 1);
    const answer = await fetch(form.dataset.hintsUrl, { method: "POST", body: new FormData(form) });
    if (!answer.ok || turn !== asked) return;
    const hints = await answer.json();
    showText(hints.text ?? {});
    showLists(hints.lists ?? {});
  }
  return () => {
    clearTimeout(timer);
    timer = setTimeout(() => ask().catch(() => {}), PAUSE);
  };
}

function press(selector, event) {
  const button = document.querySelector(selector);
  if (!button || button.disabled) return;
  event.preventDefault();
  button.click();
}

function onKey(event) {
  if (!event.ctrlKey && !event.metaKey) return;
  if (event.key.toLowerCase() === "s") press("[data-save]", event);
  if (event.key === "Enter") press("[data-submit]", event);
}

function followSections(links) {
  const byId = new Map(links.map((link) => [decodeURIComponent(link.hash.slice(1)), link]));
  const watcher = new IntersectionObserver((entries) => {
    const seen = entries.find((entry) => entry.isIntersecting);
    if (!seen) return;
    for (const link of links) link.removeAttribute("aria-current");
    byId.get(seen.target.id).setAttribute("aria-current", "true");
  }, { rootMargin: "-15% 0px -70% 0px" });
  for (const id of byId.keys()) {
    const section = document.getElementById(id);
    if (section) watcher.observe(section);
  }
}

function guardLeaving(form) {
  let dirty = form.dataset.dirty !== undefined;
  form.addEventListener("input", () => { dirty = true; });
  form.addEventListener("submit", () => { dirty = false; });
  window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
}

const form = document.querySelector("form[data-form]");
if (form) {
  guardLeaving(form);
  document.addEventListener("keydown", onKey);
  if (form.dataset.hintsUrl) form.addEventListener("input", askingFor(form));
}
followSections([...document.querySelectorAll(".section-nav a")]);
