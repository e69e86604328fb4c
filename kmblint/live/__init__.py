"""A real Kimberlite: a throw-away engine or a server, what it answers, and how that compares with our prediction."""
