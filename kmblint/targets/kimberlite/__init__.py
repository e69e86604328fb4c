"""Kimberlite: its engine, release by release, and its runner."""
