/* Buttons that copy a text: <button class="js-only" data-copy="text" data-copied="Copied">. */

for (const button of document.querySelectorAll("[data-copy]")) {
  const label = button.getAttribute("aria-label");
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.setAttribute("aria-label", button.dataset.copied);
    button.dataset.tip = button.dataset.copied;
    setTimeout(() => {
      button.setAttribute("aria-label", label);
      delete button.dataset.tip;
    }, 2000);
  });
}
