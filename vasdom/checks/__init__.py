"""What `make check` checks. Each module has one function `check`, which returns the problems it found, one a line."""
