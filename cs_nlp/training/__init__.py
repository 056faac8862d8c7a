"""Learning: recipe, data, baseline, fine-tuning, calibration, evaluation, export."""
