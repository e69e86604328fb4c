"""Reading what lies on disk: the folder, its files, what they are made of, and what git and the runner know of them."""
