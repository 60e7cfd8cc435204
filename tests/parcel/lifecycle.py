"""The life of a parcel: packed, sent, delivered; or it comes back."""

from core.workflow import Milestone, State, Transition, Workflow

PACKED, SENT, BACK, DELIVERED = "packed", "sent", "back", "delivered"

STATES = (
    State(PACKED, "Packed", "neutral", "pencil", is_open=True),
    State(SENT, "Sent", "warn", "send", 1, is_usable=True),
    State(BACK, "Back", "danger", "return", 1, is_setback=True, is_open=True),
    State(DELIVERED, "Delivered", "success", "check-circle", 2, is_in_force=True),
)


def is_creator(parcel, user):
    return "" if parcel.created_by_id == user.pk else "Only who packed it throws it away."


def move(name, label, done, sources, target, **more):
    return Transition(name, label, done, sources, target, f"parcel.{name}_parcel", **more)


LIFE = Workflow(
    "parcel",
    STATES,
    (
        move(
            "send", "Send", "Sent", (PACKED, BACK), SENT,
            guards=("is_complete", "has_code", "remarks_settled"), effect="numbered", stamp="sent",
            group="post", tone="primary", icon="send",
        ),
        move(
            "return", "Return", "Returned", (SENT,), BACK, comment_required=True,
            needless=(PACKED, BACK), group="post", tone="danger", icon="return",
        ),
        move(
            "deliver", "Deliver", "Delivered", (SENT,), DELIVERED, needless=(DELIVERED,),
            first="send", stamp="delivered", group="post", tone="primary", icon="check",
        ),
        move(
            "drop", "Throw away", "Thrown away", (PACKED, BACK), "",
            guards=("is_creator",), lastly=("is_unused",), tone="danger", icon="trash",
        ),
    ),
    {"is_creator": is_creator},
    (Milestone("Send", "sent"), Milestone("Deliver", "delivered")),
)  # fmt: skip
