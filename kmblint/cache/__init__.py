"""What a run leaves for the next one outside of the project: whole answers, by everything that they follow from."""
