"""Begins what swallows the rest of a page: comments, raw text, templates, tables and quotation marks that never end."""
# base: solution
# earns: all

# %% markdown first
"""
Text before. <!-- a comment without an end

<plaintext>

<textarea><title><xmp><noscript><noembed><noframes>

</div></div></div></main></body></html><template><svg><![CDATA[

<table><tr><td><style>* { display: none }</style><select><option>

<a title="a quotation mark without an end

```
a block without an end
"""

# %% markdown last
"""
$$ a formula without an end \\begin{array} \\text{ <script>

<iframe srcdoc="<p>
"""

# %% first
from IPython.display import HTML, Latex, display

display(HTML("<!--"), HTML("<plaintext>"), Latex("$$ \\begin{array}{"))
print("<!-- </pre></div></body> \x1b[31m a colour without an end")
