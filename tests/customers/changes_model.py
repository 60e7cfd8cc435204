"""A customer, what is asked of it and what came of files, in plain Python: what random tests know.

It is told what was saved and approved; the tests compare it with what is stored.
"""

from dataclasses import dataclass, field

CLERKS, KEEPERS = ("clerk", "colleague", "admin"), ("finance", "admin")
MAY_CHANGE = {"remark": CLERKS, "name": CLERKS, "invoice_title": KEEPERS, "accounts": KEEPERS}
FIELDS = ("remark", "name", "invoice_title")
HELD = ("draft", "returned", "submitted", "approved")


@dataclass
class Wish:
    """What one field or row of a request was and shall be; `new` None: the row goes."""

    place: object  # the name of a field, the key of a row, the number of a row that comes
    old: object
    new: object

    def is_met(self, record):
        """Say whether nobody changed its place since, or to just what is asked for."""
        if self.place in FIELDS:
            return record.fields[self.place] in (self.old, self.new)
        if self.old is None:
            return all(row["account_number"] != self.place for row in record.rows.values())
        now = record.rows.get(self.place)
        if self.new is None:
            return now in (None, self.old)
        return now is not None and now["branch"] in (self.old["branch"], self.new["branch"])


@dataclass
class Asked:
    """A request as the model knows it."""

    wishes: list[Wish]
    authors: set[str]
    submitter: str
    state: str
    day: int | None
    approver: str = ""
    is_applied: bool = False
    is_open = property(lambda self: self.state in HELD and not self.is_applied)

    def not_of(self, who):
        known = ((one.place if one.place in FIELDS else "accounts", one) for one in self.wishes)
        return [one for place, one in known if who not in MAY_CHANGE[place]]


@dataclass
class Imported:
    """An import as the model knows it: the free values it found, the version that it left."""

    batch: object
    before: dict[str, str]
    version: int
    request: int | None


@dataclass
class Stored:
    """A customer as the model knows it; rows by their keys."""

    fields: dict[str, str]
    rows: dict[int, dict] = field(default_factory=dict)
    is_in_force: bool = True

    def apply(self, wishes):
        """Let wishes come true; gives the rows that come, whose keys the database gives."""
        for wish in wishes:
            if wish.place in FIELDS:
                self.fields[wish.place] = wish.new
            elif wish.new is None:
                self.rows.pop(wish.place, None)
            elif wish.old is not None:
                self.rows[wish.place]["branch"] = wish.new["branch"]
        new = [one.new for one in wishes if one.place not in FIELDS and one.old is None]
        if any(row["is_default"] for row in new):
            for row in self.rows.values():
                row["is_default"] = False
        return new
