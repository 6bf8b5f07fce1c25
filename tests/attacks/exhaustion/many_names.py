"""Defines ten thousand names, some of them as long as a book, a function of the largest size, and errors with such names."""
# base: solution
# earns: all

# %% first
for number in range(10_000):
    globals()[f"name_{number}"] = number
globals()["x" * 10**6] = globals()["\ud800"] = globals()[""] = None

# %% first
exec("def many(" + ", ".join(f"a{i}=0" for i in range(20_000)) + "): pass")
exec("many_lines = 0\n" * 50_000)
LongError = type("L" * 10**6, (Exception,), {"x" * 10**6: 1})
raise LongError("m" * 10**6)
