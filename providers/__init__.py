"""Outside AI services behind ports of our own. Plain Python: no Django, and of the project only `vasdom.errors`.

The ports: `llm.LanguageModel`, `embeddings.EmbeddingModel`, `speech.SpeechRecognizer` and `speech.SpeechSynthesizer`,
async iterators in and out. Stopping is closing the answer: `async with aclosing(model.reply(messages)) as answer: …`.

What a caller uses:

- `registry.language_model(key, config)`, `registry.embedding_model(key, config)`, `registry.probe(key, config)`;
- `chain.chain(key, config, fallback_model=…)`: the model with its retry, fallback model, non-streaming attempt and
  another vendor behind it, heard within one deadline;
- `apart.model.Apart(recipe)`: a chain that another process asks, for processes in which many wait;
- `registry.recognizer(key, config)`, `registry.synthesizer(key, config)`, and for a call their chains
  (`recognizer_chain.py`, `synthesizer_chain.py`): several vendors behind one, switched over unheard;
- `bridge.call(…)` and `bridge.pieces(…)` where there is no event loop (jobs, views, commands): one loop in a thread of
  its own keeps the connections alive between calls;
- `errors`: all that may go wrong, each with a Russian sentence that holds no secret.

Policies live once, never in a vendor: `deadlines.py` and `speech_deadlines.py` (every wait is bounded), `retry.py` (one
retry, before the first word only), `fallback.py` and `speech_steps.py` (who is asked next).

To add a vendor: copy a folder (`scripted/` is the smallest), keep its two names (a frozen config that validates itself,
a class with `name` and `reply`, `embed`, `transcribe` or `synthesize`), add its line to `registry.py`, and its line to
`tests/adapters.py` or `tests/speech_adapters.py`: the contract tests then say what is missing. A client library is
imported inside functions, never at the top of a module: importing this package stays cheap.
"""
