"""The people of bench.desk: what clerks, readers and reviewers ask for, one page after the other.

They know the pages as a browser does, so that they can work at any checkout.
"""

from __future__ import annotations

import http.client
import os
import random
import re
import time
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, urlencode

from stdnum.cn import uscc

CLERKS, READERS, REVIEWERS = 20, 10, 2
LIST = "list"
REGION = "320500"


class _Forms(HTMLParser):
    """Collects what the fields of a page hold, as a browser would post them."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._select = self._text = ""
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "template":
            self._hidden += 1
        elif self._hidden:
            return
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            if "selected" in given or self._select not in self.fields:
                self.fields[self._select] = given.get("value") or ""
        elif tag == "textarea":
            self._text, self.fields[name] = name, ""
        elif tag == "input" and name:
            kind = given.get("type", "text")
            if kind in ("checkbox", "radio") and "checked" not in given:
                return
            self.fields[name] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._hidden -= 1
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._text = ""

    def handle_data(self, data: str) -> None:
        if self._text:
            self.fields[self._text] += data.removeprefix("\n")


def fields_of(page: str) -> dict[str, str]:
    """Give the fields of a page by name, with the values they stand at."""
    parser = _Forms()
    parser.feed(page)
    return parser.fields


class Person:
    """Somebody with a browser; notes what each page took, by `clock` of the server or the wall."""

    def __init__(
        self, port: int, about: dict[str, Any], role: str, number: int, clock: Callable[[], float]
    ) -> None:
        self.random = random.Random(f"{role} {number} {time.time_ns()}")
        self.cookies = {about["cookie"]: about[role][number]}
        self.clock, self.number, self.role = clock, number, role
        self.port, self.turn = port, 0
        self.noted: list[tuple[str, float, float, int]] = []
        self.refused: list[str] = []
        self._line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def ask(self, name: str, path: str, posted: dict[str, str] | None = None) -> tuple[int, str]:
        """Send a request and note it; give status and page, or where it leads."""
        headers = {"Cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items())}
        headers["Accept"] = "text/html"
        body = None
        if posted is not None:
            body = urlencode(posted)
            headers |= {"Content-Type": "application/x-www-form-urlencoded",
                        "Origin": f"http://127.0.0.1:{self.port}"}  # fmt: skip
        began = self.clock()
        for again in (False, True):
            try:
                self._line.request("POST" if body else "GET", path, body, headers)
                answer = self._line.getresponse()
                page = answer.read().decode()
                break
            except (http.client.HTTPException, ConnectionError):
                self._line.close()  # what was kept alive for too long
                if again:
                    raise
        self.noted.append((name, time.monotonic(), self.clock() - began, answer.status))
        for header in answer.headers.get_all("Set-Cookie") or ():
            key, _mark, value = header.partition(";")[0].partition("=")
            self.cookies[key] = value
        return answer.status, answer.headers.get("Location") or page

    def write(self) -> None:
        """Enter a customer: form, hints, draft, its page, form again, hints, submit, its page."""
        self.turn += 1
        stamp = f"{os.getpid() % 1000:03d}{self.number:02d}{self.turn:04d}"
        _status, page = self.ask("entry form, new", "/customers/add/")
        typed = fields_of(page)
        body = "91110108" + f"{self.random.randrange(10**9):09d}"
        company = re.search(r'<option value="(\d+)"[^>]*>[^<]*经销商', page)
        typed |= {"name": f"桌面{stamp}{body[-5:]}贸易有限公司", "region": REGION,
                  "registered_address": f"竹园路 {stamp} 号",
                  "uscc": body + uscc.calc_check_digit(body),
                  "salesperson": f"B{self.number + 1:03d}",
                  "customer_type": company[1] if company else "JS",
                  "contacts-0-name": "王敏",
                  "contacts-0-mobile": f"139{int(stamp) % 10**8:08d}"}  # fmt: skip
        self.ask("hints", "/customers/hints/", typed)
        self.ask("hints", "/customers/hints/", typed)
        status, where = self.ask("save a draft", "/customers/add/", {**typed, "action": "draft"})
        if status != 302:
            self.refused.append(f"draft {status}: {_errors(where)}")
            return
        self.ask("detail", where)
        form = f"{where.partition('?')[0]}edit/"
        _status, page = self.ask("entry form, a draft", form)
        typed = {**fields_of(page), "remark": "补充"}
        self.ask("hints", form.replace("/edit/", "/hints/"), typed)
        status, where = self.ask("submit", form, {**typed, "action": "submit"})
        if status != 302:
            self.refused.append(f"record {status}: {_errors(where)}")
            return
        self.ask("detail", where)

    def read(self) -> None:
        """Read: the list, a filter, a search, a record, its history, the dashboard."""
        _status, page = self.ask(LIST, "/customers/")
        self.ask("list, filtered", "/customers/?state=enabled")
        self.ask("list, searched", f"/customers/?q={quote('科技')}")
        found = re.findall(r'href="/customers/(\d+)/', page)
        if found:
            here = f"/customers/{self.random.choice(found)}/"
            self.ask("detail", here)
            self.ask("history", f"{here}?history=all")
        self.ask("dashboard", "/")

    def review(self) -> None:
        """Decide on the record that waits longest: approve, or return what cannot be approved."""
        self.turn += 1
        status, where = self.ask("review queue", "/review/")
        if status != 302:
            time.sleep(0.05)
            return
        status, page = self.ask("review", where)
        if status != 200:
            return  # another reviewer was quicker
        typed = {**fields_of(page), "decision": "approve" if self.turn % 3 else "return",
                 "reason": "资料不全", "confirmed": "on"}  # fmt: skip
        status, page = self.ask("decide", where, typed)
        if status in (409, 422):
            self.ask("decide", where, {**fields_of(page), "decision": "return", "reason": "不符"})


def _errors(page: str) -> list[str]:
    return re.findall(r'id="id_(\w+)-e"', page)[:5] or [page[-300:]]


ROLES = {
    "clerk": (CLERKS, Person.write),
    "viewer": (READERS, Person.read),
    "reviewer": (REVIEWERS, Person.review),
}
