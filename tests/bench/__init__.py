"""Figures, measured on the running product: `make bench` prints them with the machine they were taken on."""
