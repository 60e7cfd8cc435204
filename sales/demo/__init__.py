"""Invented opportunities of the invented customers, in every stage."""
