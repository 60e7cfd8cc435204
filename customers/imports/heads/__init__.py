"""What the sheets and columns of a file mean, and what was answered about them before."""
