"""Makes the page fetch something, which tells its author who reads it when: pictures, styles, fonts, frames, hints."""
# base: solution
# earns: all

# %% markdown first
r"""
![a beacon](http://192.0.2.1/lossmark.png) ![another](//192.0.2.1/lossmark.png) <img src="http://192.0.2.1/lossmark.png">
<link rel="stylesheet" href="http://192.0.2.1/lossmark.css"><link rel="dns-prefetch" href="//lossmark.example">
<style>@import url(http://192.0.2.1/lossmark.css); body { background: url(http://192.0.2.1/lossmark.png) }</style>
<p style="background: url(http://192.0.2.1/lossmark.png)">x</p> <iframe src="http://192.0.2.1/lossmark"></iframe>
<video poster="http://192.0.2.1/lossmark.png"></video> <table background="http://192.0.2.1/lossmark.png"></table>
<a href="http://192.0.2.1/lossmark" ping="http://192.0.2.1/lossmark">a link</a> <img srcset="http://192.0.2.1/lossmark.png 2x">
"""

# %% first
from IPython.display import HTML, IFrame, Image, display

display(HTML('<img src="http://192.0.2.1/lossmark.png">'), IFrame("http://192.0.2.1/lossmark", 10, 10))
display(Image(url="http://192.0.2.1/lossmark.png"))
