"""The lines a call's audio comes by: each implements `voice.engine.ports.CallTransport`. No Django models here."""
