"""Looks over a page's shoulder: errors, reports of the policy, wide documents, axe's findings.

It collects and tells; which page is opened by whom is the business of the tests.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Page, Request, Response

POLICY_TO_CONSOLE = """document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));"""
GRAVE = ("serious", "critical")
QUIET_SECONDS = 5.0
# What is in order stays in the browser: to hand it over takes longer than to look.
VIOLATIONS = """async () => {
  const found = await axe.run({ resultTypes: ["violations"] });
  for (const one of document.querySelectorAll("body *")) one.wasSeen = one.checkVisibility();
  return found.violations;
}"""
# Of a page that was looked at and then made narrow: contrast takes longest, and only what was out
# of sight before can have a wrong one.
VIOLATIONS_NARROW = """async () => {
  const isNew = (one) => !one.wasSeen && one.checkVisibility();
  const fresh = [...document.querySelectorAll("body *")].filter(isNew);
  const include = fresh.filter((one) => !fresh.includes(one.parentElement));
  const contrast = "color-contrast";
  const resultTypes = ["violations"];
  const rest = await axe.run({ resultTypes, rules: { [contrast]: { enabled: false } } });
  const shown = include.length
    ? await axe.run({ include }, { resultTypes, runOnly: [contrast] })
    : { violations: [] };
  return [...rest.violations, ...shown.violations];
}"""

# The browser itself writes this line for every answer of 400 and above; a refusal is no error.
REFUSAL = "Failed to load resource: the server responded with a status of 4"

# Size containment turns what sticks out into something that no scroll bar reaches: look at both.
OVERFLOWING = """() => {
  const root = document.documentElement;
  const scrolls = root.scrollWidth - root.clientWidth;
  const isClipped = (element) => {
    for (let up = element.parentElement; up && up !== document.body; up = up.parentElement) {
      if (getComputedStyle(up).overflowX !== "visible") return true;
    }
    return false;
  };
  const guilty = [...document.querySelectorAll("body *")].filter((element) => {
    const box = element.getBoundingClientRect();
    const sticksOut = box.width > 1 && box.right > root.clientWidth + 1;
    return sticksOut && element.checkVisibility({ opacityProperty: true }) && !isClipped(element);
  });
  return [
    ...(scrolls > 0 ? [`scrolls ${scrolls} px`] : []),
    ...guilty.slice(0, 4).map((element) => `${element.tagName}.${element.getAttribute("class")}`),
  ];
}"""


class Watch:
    """Collects what goes wrong on a page from its first request on, in `found`."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: list[str] = []
        self._running = 0
        page.add_init_script(POLICY_TO_CONSOLE)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.found.append(f"{page.url}: {error}"))
        page.on("request", self._begin)
        page.on("requestfinished", self._end)
        page.on("requestfailed", self._end)
        page.on("response", self._response)

    def wait_until_quiet(self) -> None:
        """Give requests under way a moment to end: the database is emptied after this."""
        until = time.monotonic() + QUIET_SECONDS
        while self._running and time.monotonic() < until:
            self.page.wait_for_timeout(50)

    def _console(self, message: ConsoleMessage) -> None:
        is_refusal = message.text.startswith(REFUSAL) and "/static/" not in message.location["url"]
        if message.type == "error" and not is_refusal:
            self.found.append(f"{self.page.url}: {message.text}")

    def _begin(self, request: Request) -> None:
        self._running += 1

    def _end(self, request: Request) -> None:
        self._running -= 1

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.found.append(f"{response.status} {response.request.method} {response.url}")


def axe_findings(page: Page, *, is_narrowed: bool = False) -> list[str]:
    """Give the serious and critical findings of axe: rule, and the first elements it names.

    `is_narrowed`: the same page was looked at before, when it was wide.
    """
    from axe_playwright_python.sync_playwright import Axe  # a developer's tool, may be missing

    if not is_narrowed:
        page.evaluate(Axe().axe_script)
    found: list[dict[str, Any]] = page.evaluate(VIOLATIONS_NARROW if is_narrowed else VIOLATIONS)
    return [
        f"axe {one['id']} ({one['impact']}): "
        + " | ".join(f"{node['target'][0]} {node['html'][:120]}" for node in one["nodes"][:3])
        for one in found
        if one["impact"] in GRAVE
    ]


def check_axe(page: Page) -> None:
    """Fail when axe finds something serious or critical on the page as it is now."""
    findings = axe_findings(page)
    assert findings == [], f"{page.url}\n" + "\n".join(findings)


def overflow(page: Page) -> list[str]:
    """Give how far the document scrolls sideways and the elements that stick out, else nothing."""
    return list(page.evaluate(OVERFLOWING))
