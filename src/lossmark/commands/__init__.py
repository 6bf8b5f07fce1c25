"""The commands of ``lossmark``, one module for each, built on the packages below.

`cli` parses the command line and calls the function of the command with the parsed options. `conventions` holds their
common parts, `progress` shows their progress.
"""
