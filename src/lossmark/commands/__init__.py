"""What the commands of ``lossmark`` do, one module for each; what they work with stands in the packages below.

`cli` parses the command line and calls the function that the command names, with what was parsed. `conventions` holds
what they have in common, `progress` shows how far they have come.
"""
