"""Splits markup so that it becomes active only when Markdown has been made into HTML, after a sanitiser has seen it."""
# base: solution
# earns: all

# %% markdown first
r"""
<a title="

<img src=x onerror=lossmark()>

">a link whose title is a paragraph</a>

<abbr title="`<script>lossmark()</script>`">an abbreviation</abbr>

<a href="x" title='*"><img src=x onerror=lossmark()>*'>x</a>

<!-- a comment --!><img src=x onerror=lossmark()> -->

<![CDATA[><img src=x onerror=lossmark()>]]>

<?php ?><img src=x onerror=lossmark()>

<b <script>lossmark()</script>

<sty<b>le><img src=x onerror=lossmark()></sty</b>le>

<noscript><p title="</noscript><img src=x onerror=lossmark()>"></noscript>

<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=lossmark()&gt;">

```html
</code></pre><img src=x onerror=lossmark()>
```

~~~ "><img src=x onerror=lossmark()>
code with a language
~~~

&lt;script&gt;lossmark()&lt;/script&gt; &amp;lt;img src=x onerror=lossmark()&amp;gt;
"""

# %% markdown last
"<scr\x00ipt>lossmark()</scr\x00ipt> <scr\u200bipt>lossmark()</script> \uff1cscript\uff1elossmark()\uff1c/script\uff1e"

# %% markdown last
r"""
$$ \text{<img src=x onerror=lossmark()>} $$ and $a<img src=x onerror=lossmark()>b$ and \\(<script>lossmark()</script>\\)

\begin{equation} <script>lossmark()</script> \end{equation}
"""
