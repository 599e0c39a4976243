"""Measurements: each module prints a table, and writes it to evals/results/."""
