"""Writes marks and turns of direction into Markdown as entities, and between tags that a page leaves out."""
# base: solution
# earns: all

# %% markdown first
"""
x&#x308;&#769;&#x300;&#780;&#x308;&#769;&#x300;&#780;&#x308;&#769;&#x300;&#780; &#x202e;02 fo 02&#x202c; &#8238;

x<i></i>̈́<blink>̀</blink>̌<font>̈́̀̌</font>̈́̀̌̈́̀̌ and `x̀̌̈́̀̌̈́̀̌` and $x̀̌̈́̀̌̈́̀̌$

| x&#x308;&#769;&#x300;&#780;&#x308;&#769;&#x300; |
|---|
| &#x2066;never closed |
"""
