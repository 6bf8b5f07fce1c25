"""What is kept of a class: written by one writer, marked by hand, explained, exported."""
