"""Defines a hundred thousand names, some of them as long as a book, and functions of the largest size that there are."""
# base: solution
# earns: all

# %% first
for number in range(100_000):
    globals()[f"name_{number}"] = number
globals()["x" * 10**6] = globals()["\ud800"] = globals()[""] = None
globals()[0] = globals()[None] = 1


# %% first
class Own(type):
    def __dir__(cls):
        return [str(number) for number in range(10**5)]


Long = Own("L" * 10**6, (), {"x" * 10**6: 1})
exec("def many(" + ", ".join(f"a{i}=0" for i in range(20_000)) + "): pass")
exec("many_lines = 0\n" * 50_000)
raise Exception("m" * 10**6) from Long()  # no error can be raised from this
