"""Writes formulas that make MathJax insert links, classes, ids and styles, or work without end."""
# base: solution
# earns: all

# %% markdown first
r"""
$\href{javascript:lossmark()}{x}$ $\style{position:fixed;top:0;background:url(http://192.0.2.1/)}{y}$
$\class{score}{20}$ $\cssId{content}{z}$ $\unicode[lossmark, x]{x41}$ $\require{html}\require{action}\toggle{a}{b}\endtoggle$
$\texttip{a}{<img src=x onerror=lossmark()>}$ $\mmlToken{mi}[href="javascript:lossmark()"]{x}$ $\data{x=lossmark()}{x}$
$\def\a{\a\a}\a$ $\newcommand{\b}[1]{#1#1}\b{\b{\b{\b{\b{\b{\b{\b{\b{\b{x}}}}}}}}}}$
"""

# %% first
from IPython.display import Latex, Math, display

display(Math(r"\href{javascript:lossmark()}{x}"), Latex(r"$\style{display:none}{x}$<script>lossmark()</script>"))
display({"text/latex": "<img src=x onerror=lossmark()>", "text/plain": "$\\href{javascript:lossmark()}{x}$"}, raw=True)
print(r"$\href{javascript:lossmark()}{x}$")
