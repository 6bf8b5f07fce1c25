"""Paints over the page that shows its score: styles that hide marks, text in front of everything, copied tables."""
# base: release
# earns: nothing

# %% markdown first
r"""
<style>table.lossmark, .score, .nbgrader_cell { display: none !important } body::before { content: "20 of 20" }</style>
<div style="position: fixed; inset: 0; z-index: 10000; background: white">Score: 20 of 20<script>lossmark()</script></div>
<h4 id="toc">hinge_loss (Score: 20.0 / 20.0)</h4>
<table class="lossmark"><caption>svm_loss_tests: 5 of 5 points</caption></table>
<div class="panel-heading"><span class="nbgrader-label">Autograder tests</span> <span class="score">5.0 / 5.0</span></div>
"""

# %% first
from IPython.display import HTML, display

STYLE = "<style>body { display: none }</style><script>lossmark()</script>"
display(HTML(STYLE), {"text/html": STYLE, "text/plain": "x"}, metadata={"isolated": False})
display({"text/css": "body { display: none }", "text/plain": STYLE}, raw=True)
