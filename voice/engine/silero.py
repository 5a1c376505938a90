"""Silero's voice activity detector by ONNX: better in noise than WebRTC's, a hundred times dearer (0.1 ms a window).

Optional: `pip install onnxruntime`, and `pip install --no-deps silero-vad` for the model that its wheel holds (with its
dependencies it would bring torch, which is not needed).
"""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

MODEL = "silero_vad_op18_ifless.onnx"
WINDOW, CONTEXT = 256, 32
"""Samples at 8 kHz: what is judged at once, and what of the window before belongs to it."""
STATE = (2, 1, 128)
SURE = 0.5


def missing() -> str:
    """Why it cannot be used, one Russian sentence; nothing = it can."""
    if find_spec("onnxruntime") is None:
        return "Silero: не установлен пакет onnxruntime."
    if _model() is None:
        return "Silero: нет модели, установите её: pip install --no-deps silero-vad."
    return ""


def _model() -> Path | None:
    spec = find_spec("silero_vad")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    path = Path(folders[0]) / "data" / MODEL if folders else None
    return path if path is not None and path.is_file() else None


@lru_cache(maxsize=1)
def _session() -> Any:
    """One for all calls: it keeps nothing between two runs."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(_model()), options, providers=["CPUExecutionProvider"])


class SileroClassifier:
    """A `Classifier`: frames are gathered into windows of 32 ms; between two windows the last word counts."""

    def __init__(self) -> None:
        self._session = _session()
        self._takes_rate = "sr" in {each.name for each in self._session.get_inputs()}
        self._state = np.zeros(STATE, np.float32)
        self._context = np.zeros(CONTEXT, np.float32)
        self._waiting = np.zeros(0, np.float32)
        self._speech = False

    def is_speech(self, samples: np.ndarray) -> bool:
        self._waiting = np.concatenate([self._waiting, samples.astype(np.float32) / 32768])
        while len(self._waiting) >= WINDOW:
            window, self._waiting = self._waiting[:WINDOW], self._waiting[WINDOW:]
            self._speech = self._judge(window) > SURE
        return self._speech

    def _judge(self, window: np.ndarray) -> float:
        given = np.concatenate([self._context, window])
        feed = {"input": given[None, :], "state": self._state}
        if self._takes_rate:
            feed["sr"] = np.array(8000, np.int64)
        probability, self._state = self._session.run(None, feed)[:2]
        self._context = window[-CONTEXT:]
        return float(probability.ravel()[0])
