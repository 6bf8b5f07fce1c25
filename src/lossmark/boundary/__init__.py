"""The boundary: what a check sees of a submission, and the format and the line by which the two sides talk."""
