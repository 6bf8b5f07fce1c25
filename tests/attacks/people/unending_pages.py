"""Makes pages that no browser can show: a hundred thousand headings, tables in tables, one word of ten megabytes."""
# base: solution
# earns: all

# %% markdown first
"# heading\n\n" * 20_000

# %% markdown first
"> " * 5000 + "quoted" + "\n\n" + "- " * 2000 + "item" + "\n\n" + "[" * 20_000 + "*_" * 20_000 + "<b>" * 20_000

# %% markdown last
"$" + "{" * 20_000 + "x" + "}" * 20_000 + "$ " + "`" * 30_001 + "x" + "![" * 10_000

# %% first
print("w" * 3_000_000)
for number in range(2000):
    print("\x1b[1;31m\x1b[42m" * 10, number)
