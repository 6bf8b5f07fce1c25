"""The report of a class: how each submission stands, what went wrong how often, who resembles whom."""
