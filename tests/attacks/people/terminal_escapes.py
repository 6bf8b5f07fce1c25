"""Prints and raises what a terminal obeys: titles, the clipboard, links, cleared screens, text that is written over."""
# base: solution
# earns: all

# %% first
CODES = (
    "\x1b]0;lossmark\x07", "\x1b]52;c;bG9zc21hcms=\x07", "\x1b]8;;javascript:lossmark()\x1b\\link\x1b]8;;\x1b\\",
    "\x1b[2J\x1b[H", "\x1b[?1049h", "\x1bc", "\x1bP+q\x1b\\", "\x9b2J", "\x1b_lossmark\x1b\\", "\x1b]1337;File=:AAAA\x07",
    "0 of 20\r20 of 20", "0\b\b20", "\u202e02 fo 0\u202c", "\x00\x07\x0e\x7f",
)  # fmt: skip
for code in CODES:
    print(code)
code = "".join(CODES)


# %% before L_i_tests
class Loud(Exception):
    """Its name and its text are codes, too."""


Loud.__name__ = Loud.__qualname__ = code
raise Loud(code)

# %% last
for code in CODES:
    try:
        exec(compile(f"raise ValueError({code!r})", code.replace("\0", ""), "exec"))
    except ValueError:
        get_ipython().showtraceback()
