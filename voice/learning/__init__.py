"""How well the assistant answers: the evaluation set, control questions, trials of a revision before it is activated."""
