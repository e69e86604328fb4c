"""What the user configures, and which rules that comes to."""
