"""Imported by a pool before anything else."""
