"""What a cell can hold: columns, vocabulary, likeness, issues. Pure, shared with the exports."""
