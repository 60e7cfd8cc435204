"""Everything that happens to a kind of record, written once over what the kind says of itself."""
