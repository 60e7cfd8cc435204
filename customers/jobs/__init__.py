"""What background workers do with customers: each module is one kind of job."""
