"""Playing a history: its steps up and down, and the transcript of them."""
