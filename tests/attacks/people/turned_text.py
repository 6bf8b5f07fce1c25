"""Turns the direction of text in code, names, outputs, errors and answers, so that all of it reads otherwise."""
# base: solution
# earns: all

# %% markdown first
"""
The answer is \u202e5 ton\u202c, and `is_right = \u2066eslaF\u2069`; \u202b(20 of 20)\u202c \u2067never closed
"""

# %% first
text = "is_admin\u202e } \u2066 if is_admin\u2069 \u2066 begin"
names = {"\u202estniop": 20, "\u2067x - y\u2069": 1, "a\u200f\u061cb": 2}
print(text, names, "\u202e20 of 20 points")


# %% before svm_loss_tests
class Turned(Exception):
    pass


Turned.__name__ = "\u202eDenrut"
raise Turned("\u202estniop 02 fo 02\u202c \u2066never closed")
