"""What a cell can hold: targets, references, widgets, issues. Pure, shared with the exports."""
