"""A kind of record of the tests' own, a parcel with its lines: what core does without customers."""
