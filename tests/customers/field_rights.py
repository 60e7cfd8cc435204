"""THE table of who may write which fields of a customer in which state, by hand."""

from customers.lifecycle import IN_FORCE, NOT_IN_FORCE

# Who may write what. live: approved, enabled or disabled. Written by hand from PRODUCT.md 4.
# + works   r goes by change request   x refused   . does not see the record
# general: short name · name: ◆ · financial: invoice type · title: ◆ invoice title
TABLE = """
            state     general name financial title contacts accounts tags reason
clerk       draft     +       +    +         +     +        +        +    +
clerk       returned  +       +    +         +     +        +        +    +
clerk       submitted x       x    x         x     x        x        x    x
clerk       live      +       r    x         x     +        x        +    r
finance     draft     +       +    +         +     +        +        +    +
finance     returned  +       +    +         +     +        +        +    +
finance     submitted x       x    x         x     x        x        x    x
finance     live      x       x    +         r     x        r        x    x
admin       draft     +       +    +         +     +        +        +    +
admin       returned  +       +    +         +     +        +        +    +
admin       submitted x       x    x         x     x        x        x    x
admin       live      +       r    +         r     +        r        +    r
reviewer    any       x       x    x         x     x        x        x    x
viewer      any       x       x    x         x     x        x        x    x
nobody      any       x       x    x         x     x        x        x    x
outsider    any       .       .    .         .     .        .        .    .
"""
LIVE = IN_FORCE
ANY = (*NOT_IN_FORCE, *LIVE)


def read_table():
    head, *lines = [line.split() for line in TABLE.strip().splitlines()]
    groups = {"live": LIVE, "any": ANY}
    return [
        (who, state, dict(zip(head[1:], cells, strict=True)))
        for who, place, *cells in lines
        for state in groups.get(place, (place,))
    ]
