"""Reads an answer the way a browser would: forms with their fields, links, what could run.

It knows nothing of Kehu; the tests say what must not be there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

URL_ATTRIBUTES = ("href", "src", "action", "formaction", "data", "poster", "xlink:href")
SAFE_SCHEMES = ("", "http", "https", "mailto", "tel")
MARK = "data-planted"


@dataclass
class Form:
    """A form as it would be sent: its address, its method and a value for every field."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """What one answer consists of, as far as tests look at it."""

    def __init__(self, html: str, path: str = "/") -> None:
        super().__init__(convert_charrefs=True)
        self.path = path
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.injected: list[str] = []
        self.text: list[str] = []
        self._open: Form | None = None
        self._select: str | None = None
        self._area: str | None = None
        self._by_id: dict[str, Form] = {}
        self._in_template = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notice what can run, then whatever belongs to a form."""
        got = {name: value or "" for name, value in attrs}
        self._look_for_injection(tag, attrs, got)
        self.text.extend(got.values())
        if tag == "a" and "href" in got:
            self.links.append(got["href"])
        elif tag == "template":
            self._in_template += 1
        elif tag == "form":
            self._begin_form(got)
        elif self._in_template == 0:
            self._handle_control(tag, got)

    def handle_endtag(self, tag: str) -> None:
        """Close what was open."""
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None
        elif tag == "template":
            self._in_template -= 1

    def handle_data(self, data: str) -> None:
        """Keep the text; what stands in a textarea is the value of its field."""
        self.text.append(data)
        if self._area is not None and self._target:
            self._target.fields[self._area][-1] += data.lstrip("\n")

    @property
    def queries(self) -> set[str]:
        """The names of all parameters that links and forms of this page send with GET."""
        linked = {
            name
            for link in self.links
            for name, _value in parse_qsl(urlsplit(link).query, keep_blank_values=True)
        }
        asked = {name for form in self.forms if form.method == "get" for name in form.fields}
        return linked | asked

    def _begin_form(self, got: dict[str, str]) -> None:
        action = got.get("action") or self.path
        self._open = Form(urlsplit(action).path or self.path, got.get("method", "get").lower())
        self.forms.append(self._open)
        if "id" in got:
            self._by_id[got["id"]] = self._open

    def _handle_control(self, tag: str, got: dict[str, str]) -> None:
        form = self._by_id.get(got["form"]) if "form" in got else self._open
        name = got.get("name", "")
        self._target = form
        if form is None:
            return
        if tag == "button" and name:
            form.buttons.append((name, got.get("value", "")))
        elif tag == "input" and name:
            self._take_input(form, name, got)
        elif tag == "select" and name:
            form.fields.setdefault(name, [])
            self._select = name
        elif tag == "option" and self._select and "selected" in got:
            form.fields[self._select].append(got.get("value", ""))
        elif tag == "textarea" and name:
            form.fields.setdefault(name, []).append("")
            self._area = name

    def _take_input(self, form: Form, name: str, got: dict[str, str]) -> None:
        values = form.fields.setdefault(name, [])
        if got.get("type") in ("checkbox", "radio"):
            if "checked" in got:
                values.append(got.get("value", "on"))
        elif got.get("type") not in ("submit", "button", "file"):
            values.append(got.get("value", ""))

    _target: Form | None = None

    def _look_for_injection(
        self, tag: str, attrs: list[tuple[str, str | None]], got: dict[str, str]
    ) -> None:
        where = f"{self.path} line {self.getpos()[0]}: <{tag} {dict(attrs)}>"[:300]
        own_script = tag == "script" and got.get("src", "").startswith("/static/")
        data_script = tag == "script" and got.get("type") == "application/json"
        if tag in ("iframe", "object", "embed", "base") or (
            tag == "script" and not own_script and not data_script
        ):
            self.injected.append(where)
        if any(name.startswith("on") or name in ("style", MARK) for name in got):
            self.injected.append(where)
        if any(
            urlsplit(got[name].strip()).scheme.lower() not in SAFE_SCHEMES
            for name in URL_ATTRIBUTES
            if name in got
        ):
            self.injected.append(where)
