"""What conversations teach: questions that had no good answer, control questions, evaluation."""
