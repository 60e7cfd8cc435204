"""Remarks as people read them: the form, the page, the history, a conflict; secrets by right."""

import pytest

from core.aggregate import RowInput
from core.forms.keyed import new_key
from core.records import conflict, timeline, transition
from tests.parcel.kind import KIND
from tests.parcel.models import Parcel
from tests.parcel.people import act_by, text
from tests.parcel.test_entry import typed
from tests.parcel.test_remarks import change, send_back, told

__all__ = ["send_back"]
pytestmark = pytest.mark.django_db
LONG = "6222 0202-0011 2233 445"


def mine_now(entry, parcel, user):
    """The same typed form, beside the record as it is now."""
    return type(entry)(entry.register, user, KIND.find(parcel.pk, user), entry.data)


def test_the_form_shows_them_at_their_places_and_on_top(inside, send_back):
    parcel = send_back(("name", "Who?"), ("lines-…", "Which seal?"), ("lines", "Too few."))
    line = parcel.lines.get()

    page = text(inside.get(KIND.url("edit", parcel.pk)))

    assert "退回 3 处：3 处待处理" in page
    places = ["name", f"lines-{line.pk}", "lines"]
    for place in places:
        assert page.count(f'href="#remark-{place}"') == 1
        assert page.count(f'id="remark-{place}"') == 1
        assert page.count(f'name="answer-3-{place}"') == 1
    field = page.split('for="id_name"')[1].split('class="field')[0]
    assert 'aria-describedby="remark-name"' in field
    assert 'name="answer-3-name"' in field
    assert page.index('class="eg__note"') < page.index('value="Books"')


def test_what_has_no_place_any_more_is_answered_on_top(inside, send_back, packer):
    lines = ({"item": "Books", "is_main": True}, {"item": "Pens"})
    parcel = send_back(("lines-…", "Seal?"), lines=lines)
    first, second = parcel.lines.order_by("pk")
    change(parcel, packer, rows=[RowInput(second.pk, {"is_main": True})])

    page = text(inside.get(KIND.url("edit", parcel.pk)))

    assert page.count(f'name="answer-3-lines-{first.pk}"') == 1
    assert "已修改" in page.split('class="remarks"')[1].split("</ul>")[0]


def test_an_answer_is_saved_with_a_draft_and_shown_again(inside, send_back, packer):
    parcel = send_back(("name", "Who?"), ("size", "Large?"))
    more = {"answer-3-name": "Anna it is.", "action": "draft", "key": new_key()}
    data = typed(packer, parcel, **more).data

    assert inside.post(KIND.url("edit", parcel.pk), data).status_code == 302

    page = text(inside.get(KIND.url("edit", parcel.pk)))
    assert 'name="answer-3-name" value="Anna it is."' in page
    assert "退回 2 处：1 处已说明，1 处待处理" in page
    assert "退回 2 处：1 处已说明，1 处待处理" in text(inside.get(KIND.url("detail", parcel.pk)))


def test_a_refused_submit_keeps_the_answers(inside, send_back, packer):
    parcel = send_back(("name", "Who?"), ("size", "Large?"))
    more = {"answer-3-name": "Anna it is.", "action": "submit", "key": new_key()}
    data = typed(packer, parcel, **more).data

    answer = inside.post(KIND.url("edit", parcel.pk), data)

    assert answer.status_code == 422
    assert 'name="answer-3-name" value="Anna it is."' in text(answer)
    assert "以下批注尚未修改或说明：Size" in text(answer)
    assert Parcel.objects.get().version == parcel.version


def test_a_conflict_keeps_mine_asks_of_both_and_shows_what_is_lost(inside, send_back, packer):
    parcel = send_back(("name", "Who?"), ("size", "Large?"))
    answers = {"answer-3-name": "Mine.", "answer-3-size": "Small.", "answer-2-name": "Old."}
    mine = typed(packer, parcel, **answers)
    change(parcel, packer, answers={"name": "Theirs."})

    found = conflict.between(mine_now(mine, parcel, packer), parcel.version)

    assert [(one.name, one.current, one.mine) for one in found.choices] == [
        ("answer-3-name", "Theirs.", "Mine.")
    ]
    assert [one.result for one in found.merged] == ["Small."]
    assert [one.result for one in found.lost] == ["Old."]
    data = mine.data.copy()
    data["take-answer-3-name"] = "current"
    assert "answer-3-name" not in conflict.resolved(data, mine)
    assert conflict.resolved(mine.data, mine)["answer-3-name"] == "Mine."


def test_the_history_tells_them(send_back, packer, carrier):
    parcel = send_back(("lines-…", "Which seal?"))
    line = parcel.lines.get()
    change(parcel, packer, answers={f"lines-{line.pk}": "A new one."})

    answer, back = timeline.page(KIND, Parcel.objects.get(), packer).entries[:2]

    assert answer.said == (("说明 Line Books：", "A new one."),)
    assert back.said == (("批注 Line Books：", "Which seal?"),)


def test_who_does_not_see_a_secret_reads_it_nowhere(client, send_back, packer, carrier):
    seal, line = "SEAL-123456", "lines-…"
    parcel = send_back((line, f"Is it {seal.lower()} or {LONG}?"))
    answers = {f"lines-{parcel.lines.get().pk}": f"It is {seal}, not {LONG}."}
    change(parcel, packer, answers=answers)
    act = act_by(packer, f"now {seal} {LONG}")
    version = Parcel.objects.get().version
    transition.perform(KIND, "send", parcel.pk, version=version, act=act)

    def read(user):
        client.force_login(user)
        return text(client.get(KIND.url("detail", parcel.pk))).lower()

    assert read(packer).count(seal.lower()) >= 3
    assert read(packer).count(LONG) == 3
    hidden = read(carrier)
    assert seal.lower() not in hidden
    assert LONG not in hidden
    assert hidden.count("**** 3445") == 3
    found = told(parcel, carrier).remarks[0]
    assert (found.text, found.answer) == (
        "Is it **** 3456 or **** 3445?", "It is **** 3456, not **** 3445.",
    )  # fmt: skip


def test_an_answer_that_one_reads_masked_is_not_written_masked(send_back, packer, monkeypatch):
    parcel = send_back(("name", "Who?"))
    change(parcel, packer, answers={"name": f"Of {LONG}."})
    monkeypatch.setattr("core.records.secrets.may_see", lambda row, user, obj: False)
    shown = told(parcel, packer).remarks[0].typed

    change(parcel, packer, answers={"name": shown})

    monkeypatch.undo()
    assert shown == "Of **** 3445."
    assert told(parcel, packer).remarks[0].answer == f"Of {LONG}."
