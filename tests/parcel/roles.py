"""Who may do what with parcels: packers of a department, and a carrier who sees all of them."""

from core.access import permissions_of, roles_of
from core.extend import Role
from tests.parcel.lifecycle import BACK, PACKED


def rights(*verbs):
    return frozenset(f"parcel.{verb}_parcel" for verb in verbs)


LOOK = "parcel.view_parcel"
ROLES = (
    Role("packer", "Packer", rights("view", "add", "change", "send", "drop", "export"), "unit"),
    Role("carrier", "Carrier", rights("view", "deliver", "return"), "all"),
    Role("claimant", "Claimant", rights("view", "export") | {"parcel.view_claim"}, "unit"),
)


def sees_seal(user, parcel):
    return "" if "packer" in roles_of(user) else "Only packers see it."


def changes(user, parcel):
    if "parcel.change_parcel" not in permissions_of(user):
        return "You may look at parcels only."
    return "" if parcel is None or parcel.state in (PACKED, BACK) else "It is on its way."


def never(user, parcel):
    return "The system sets this itself."


SEE_RULES = {"seal": sees_seal}
CHANGE_RULES = {"never": never, "general": changes}
