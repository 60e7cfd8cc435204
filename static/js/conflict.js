/* Takes one side for every conflict at once. Contract: button[data-take-all="current|mine"], radios named take-…. */

for (const button of document.querySelectorAll("[data-take-all]")) {
  button.addEventListener("click", () => {
    const wanted = `input[type=radio][name^="take-"][value="${button.dataset.takeAll}"]`;
    for (const radio of document.querySelectorAll(wanted)) radio.checked = true;
  });
}
