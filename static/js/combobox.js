/* Choosing by typing (WAI-ARIA combobox with a listbox popup): the server is asked for what is typed, and for nothing else.
   Contract: <span class="combo" data-combo="/choose/…/"> holds a select or a text input with the name of the field; a select becomes
   an input that sends the words of the option. With data-many="known|new" it holds check boxes of what is chosen as well, each in a
   label.chip; "new" lets people make a value by its name. A fieldset in it has candidates of the last answer as radio buttons.
   #combo carries the words in data-…, {n} and {text} filled in. Keys: arrows, Home, End, Page, Enter, Tab, Escape, Backspace. */

import { place } from "./combobox-list.js";

const PAUSE = 120;
const STEP = 8;
const [EXACT, BEGINS] = [1, 2];
const IME_KEY = 229;
const texts = document.getElementById("combo").dataset;
const status = document.getElementById("combo-status");
const list = document.getElementById("combo-list");
const answers = new Map();

let now = null;

function boxOf(input) {
  return input.closest("[data-combo]");
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
}

function element(tag, attributes, text = "") {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}

/* The markup becomes a combobox, in the templates of rows, too. */

function asInput(select) {
  const input = element("input", { type: "text" });
  for (const { name, value } of select.attributes) input.setAttribute(name, value);
  input.value = select.value;
  input.setAttribute("value", select.value);
  select.replaceWith(input);
  return input;
}

function enhance(root) {
  for (const box of root.querySelectorAll("[data-combo]")) {
    const control = box.querySelector("select, input:not([type=checkbox], [type=radio])");
    const input = control.tagName === "SELECT" ? asInput(control) : control;
    for (const [name, value] of Object.entries({
      role: "combobox", autocomplete: "off", spellcheck: "false", "aria-autocomplete": "list",
      "aria-expanded": "false", "aria-controls": list.id, placeholder: input.getAttribute("placeholder") ?? " ",
    })) input.setAttribute(name, value);
    if (box.dataset.many === undefined) {
      input.after(element("button", { type: "button", class: "combo__clear", tabindex: "-1", "data-combo-clear": "", "aria-label": texts.clear }, "×"));
    } else {
      for (const chip of box.querySelectorAll("label.chip")) {
        const check = chip.querySelector("input");
        if (!check.checked) chip.remove();
        else check.tabIndex = -1;
      }
    }
  }
  for (const template of root.querySelectorAll("template[data-grid-row]")) enhance(template.content);
}

/* The list. */

function close() {
  if (!now) return;
  now.input.setAttribute("aria-expanded", "false");
  now.input.removeAttribute("aria-activedescendant");
  now.asking?.abort();
  clearTimeout(now.timer);
  if (list.matches(":popover-open")) list.hidePopover();
  now = null;
}

function mark(index) {
  now.active = index;
  list.querySelector('[aria-selected="true"]')?.setAttribute("aria-selected", "false");
  const option = list.children[index];
  if (!option) { now.input.removeAttribute("aria-activedescendant"); return; }
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  now.input.setAttribute("aria-activedescendant", option.id);
}

function line(option, index) {
  const made = element("div", { role: "option", id: `combo-option-${index}`, "aria-selected": "false", class: "combo__option" });
  if (option.why) made.setAttribute("aria-disabled", "true");
  made.append(element("span", { class: "combo__name" }, option.name));
  if (option.code) made.append(element("span", { class: "combo__code" }, option.code));
  if (option.why || option.note) made.append(element("span", { class: "combo__note" }, option.why || option.note));
  return made;
}

function counted(count, more) {
  if (count === 0) return texts.none;
  if (more) return fill(texts.more, { n: count });
  return count === 1 ? texts.one : fill(texts.many, { n: count });
}

function show(input, found) {
  const typed = input.value.trim();
  const chosen = chosenOf(input);
  const options = found.options.filter((one) => !chosen.has(one.text));
  const isNew = boxOf(input).dataset.many === "new" && typed !== "" && !found.options.some((one) => one.name === typed);
  if (isNew) options.push({ text: typed, name: fill(texts.create, { text: typed }), isNew: true });
  now = { ...now, input, options, isPending: false };
  list.replaceChildren(...options.map(line));
  if (options.length === 0) list.append(element("div", { class: "combo__none" }, texts.none));
  if (!list.matches(":popover-open")) list.showPopover();
  place(list, input);
  input.setAttribute("aria-expanded", "true");
  status.textContent = counted(options.length, found.more);
  const own = options.findIndex((one) => !one.isNew && one.text === typed);
  mark(own >= 0 || now.isAll ? own : options.findIndex((one) => !one.why));
}

async function answerTo(address, text, signal) {
  const url = new URL(address, location.href);
  url.searchParams.set("q", text);
  if (!answers.has(url.href)) {
    const answer = await fetch(url, { signal, headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) throw new Error(`suggestions: ${answer.status}`);
    answers.set(url.href, await answer.json());
  }
  return answers.get(url.href);
}

async function ask(input, text) {
  const asking = new AbortController();
  now.asking?.abort();
  now.asking = asking;
  try {
    const found = await answerTo(boxOf(input).dataset.combo, text, asking.signal);
    if (now?.asking !== asking) return;
    const isWanted = now.wantsFirst;
    show(input, found);
    if (isWanted && now.active >= 0) choose(now.options[now.active]);
  } catch (error) {
    if (error.name === "AbortError" || now?.asking !== asking) return;
    status.textContent = texts.failed;
    close();
  }
}

function open(input, { all = false, pause = 0 } = {}) {
  if (now?.input !== input) { close(); now = { input, options: [], active: -1 }; }
  now.isPending = true;
  now.isAll = all;
  now.wantsFirst = false;
  clearTimeout(now.timer);
  now.timer = setTimeout(() => ask(input, all ? "" : input.value.trim()), pause);
}

/* What is chosen. */

function chosenOf(input) {
  return new Set([...boxOf(input).querySelectorAll("label.chip input")].map((one) => one.value));
}

function told(input, sentence) {
  const box = boxOf(input);
  box.querySelector("[data-combo-error]")?.remove();
  const id = `${input.id}-combo`;
  const others = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one && one !== id);
  if (sentence) {
    box.append(element("span", { class: "field__error", id, "data-combo-error": "" }, sentence));
    others.push(id);
  }
  input.setAttribute("aria-invalid", sentence ? "true" : "false");
  if (others.length) input.setAttribute("aria-describedby", others.join(" "));
  else input.removeAttribute("aria-describedby");
}

function changed(input) {
  told(input, "");
  delete input.dataset.typed;
  boxOf(input).querySelector(".combo__pick")?.remove();
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function put(input, option) {
  const box = boxOf(input);
  if (box.dataset.many === undefined) {
    input.value = option.text;
  } else {
    const chip = element("label", { class: "chip chip--pick" });
    const check = element("input", { type: "checkbox", name: box.dataset.keys ?? input.name, value: box.dataset.keys === undefined ? option.text : option.key });
    check.checked = true;
    check.tabIndex = -1;
    chip.append(check, ` ${option.isNew ? option.text : option.name}`);
    input.before(chip);
    input.value = "";
  }
  changed(input);
}

function choose(option) {
  if (option.why) return;
  const { input } = now;
  close();
  put(input, option);
}

function drop(chip, input) {
  chip.remove();
  changed(input);
  input.focus();
}

/* Typed, and left without choosing: taken when only one value can be meant, else said at the field. */

async function settle(input) {
  const typed = input.value.trim();
  const box = boxOf(input);
  if (input.dataset.typed === undefined || typed === "") { if (!typed) told(input, ""); return; }
  let found;
  try {
    found = await answerTo(box.dataset.combo, typed);
  } catch {
    return;
  }
  if (input.value.trim() !== typed || document.activeElement === input) return;
  const named = found.options.filter((one) => one.fit === EXACT);
  const exact = named.filter((one) => !one.why);
  const barred = named.length ? named : found.options;
  const fitting = exact.length || typed.length < 2 ? exact : found.options.filter((one) => one.fit === BEGINS && !one.why);
  const sure = fitting.length === 1 ? fitting[0] : null;
  if (box.dataset.many === "new") put(input, exact[0] ?? { text: typed, isNew: true });
  else if (sure) put(input, sure);
  else if (barred.length && barred.every((one) => one.why)) told(input, barred[0].why);
  else told(input, found.options.length ? texts.several : texts.unknown);
}

/* Events. */

function isCombo(target) {
  return target instanceof Element && target.matches('[data-combo] [role="combobox"]');
}

function moveTo(input, key) {
  if (!now || now.input !== input || list.children.length === 0) { open(input, { all: input.dataset.typed === undefined }); return; }
  const last = now.options.length - 1;
  const { active } = now;
  const targets = {
    ArrowDown: active < last ? active + 1 : 0, ArrowUp: active > 0 ? active - 1 : last, Home: 0, End: last,
    PageDown: Math.min(active + STEP, last), PageUp: Math.max(active - STEP, 0),
  };
  mark(targets[key]);
}

function onMove(event, isOpen) {
  const isOpening = event.key === "ArrowDown" || event.key === "ArrowUp";
  if (event.ctrlKey || event.metaKey || event.shiftKey || (!isOpen && !isOpening)) return;
  event.preventDefault();
  event.stopPropagation();
  moveTo(event.target, event.key);
}

function onEnter(event, isOpen) {
  if (event.ctrlKey || event.metaKey) { if (isOpen && now.active >= 0 && event.target.dataset.typed !== undefined) choose(now.options[now.active]); return; }
  if (now?.isPending && event.target.dataset.typed !== undefined) now.wantsFirst = true;
  else if (isOpen && now.active >= 0) choose(now.options[now.active]);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function onEscape(event) {
  if (!now) return;
  event.preventDefault();
  event.stopPropagation();
  close();
}

function onBackspace(event) {
  const chips = boxOf(event.target).querySelectorAll("label.chip");
  if (event.target.value === "" && chips.length) drop(chips[chips.length - 1], event.target);
}

function onKey(event) {
  if (!isCombo(event.target) || event.isComposing || event.keyCode === IME_KEY) return;
  const isOpen = now?.input === event.target && !now.isPending && list.matches(":popover-open");
  if (["ArrowDown", "ArrowUp", "Home", "End", "PageDown", "PageUp"].includes(event.key)) onMove(event, isOpen);
  else if (event.key === "Enter") onEnter(event, isOpen);
  else if (event.key === "Escape") onEscape(event);
  else if (event.key === "Backspace") onBackspace(event);
  else if (event.key === "Tab" && isOpen && now.active >= 0 && event.target.dataset.typed !== undefined) choose(now.options[now.active]);
}

function onInput(event) {
  if (!isCombo(event.target) || !event.isTrusted || event.isComposing) return;
  event.target.dataset.typed = "";
  told(event.target, "");
  if (event.target.value.trim() === "" && boxOf(event.target).dataset.many === undefined) close();
  else open(event.target, { pause: PAUSE });
}

function onClick(event) {
  const option = event.target.closest("#combo-list [role=option]");
  if (option && now) choose(now.options[[...list.children].indexOf(option)]);
  const clear = event.target.closest("[data-combo-clear]");
  if (clear) {
    const input = clear.parentElement.querySelector('[role="combobox"]');
    input.value = "";
    changed(input);
    input.focus();
  }
  if (isCombo(event.target) && now?.input !== event.target) open(event.target, { all: event.target.dataset.typed === undefined });
}

function onChange(event) {
  const box = event.target.closest?.("[data-combo]");
  if (!box || isCombo(event.target)) return;
  const input = box.querySelector('[role="combobox"]');
  if (event.target.type === "checkbox" && !event.target.checked) drop(event.target.closest("label"), input);
  if (event.target.type === "radio") {
    if (box.dataset.many === undefined) { input.value = event.target.value; changed(input); input.focus(); }
  }
}

enhance(document);
document.addEventListener("keydown", onKey, true);
document.addEventListener("input", onInput, true);
document.addEventListener("compositionend", (event) => { if (isCombo(event.target)) { event.target.dataset.typed = ""; open(event.target, { pause: PAUSE }); } });
document.addEventListener("click", onClick);
document.addEventListener("change", onChange);
document.addEventListener("focusin", (event) => { if (isCombo(event.target)) event.target.select(); });
document.addEventListener("focusout", (event) => {
  if (!isCombo(event.target)) return;
  if (now?.input === event.target) close();
  settle(event.target);
});
list.addEventListener("pointerdown", (event) => event.preventDefault());
window.addEventListener("scroll", (event) => { if (now && event.target !== list) place(list, now.input); }, true);
window.addEventListener("resize", () => { if (now) place(list, now.input); });
