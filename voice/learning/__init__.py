"""What conversations teach: evaluation, control questions, trials of a revision, questions without a good answer."""
