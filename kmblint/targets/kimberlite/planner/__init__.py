"""How the engine comes to rows: the path it chooses, the bounds as it encodes them, and what it compares itself."""
