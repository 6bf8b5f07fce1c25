"""Writes markup into Markdown: scripts, frames, handlers, forms, styles, data and script links, vector pictures."""
# base: solution
# earns: all

# %% markdown first
r"""
# A title <script>lossmark()</script>
<img src=x onerror="lossmark()"><svg onload="lossmark()"><script>lossmark()</script></svg>
<iframe srcdoc="<script>lossmark()</script>"></iframe><object data="data:text/html,<script>lossmark()</script>"></object>
<embed src="javascript:lossmark()"><form action="javascript:lossmark()"><button>Next submission</button></form>
<base href="javascript:/*"><meta http-equiv="refresh" content="0;url=data:text/html,<script>lossmark()</script>">
<details open ontoggle="lossmark()">x</details><video><source onerror="lossmark()"></video><math><a xlink:href="javascript:lossmark()">x</a></math>

[a link](javascript:lossmark()) [another](JaVaScRiPt&#58;lossmark()) [a third](data:text/html;base64,PHNjcmlwdD5sb3NzbWFyaygpPC9zY3JpcHQ+)
[a fourth]( &#x6A;avascript:lossmark() "title") <javascript:lossmark()> [a fifth][reference]
![a picture](x"onerror="lossmark()) ![another](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9Imxvc3NtYXJrKCkiIHhtbG5zPSJodHRwOi8vd3d3LnczLm9yZy8yMDAwL3N2ZyIvPg==)

[reference]: javascript:lossmark() "title"
"""

# %% instead of margin_choice
r"""
An answer. <script>lossmark()</script>

`<img src=x onerror="lossmark()">` and <a href="javascript:lossmark()" onclick="lossmark()">a link</a>

| a | <img src=x onerror="lossmark()"> |
|---|---|
| <svg><animate onbegin="lossmark()" attributeName="x" dur="1s"> | b |
"""
