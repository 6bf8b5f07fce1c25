"""Grader of the assignment ``image_features``: hue histograms, oriented gradients, visual words, and a pipeline."""
