"""Offline Russian speech by espeak-ng: no key, no network, a machine's voice. It is GPL-3, hence optional."""
