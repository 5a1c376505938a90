"""Yandex SpeechKit: v3 over gRPC, v1 over HTTP behind it. The stubs take a moment to import: done on first use."""
