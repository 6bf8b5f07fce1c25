"""Disguises links that would run something: by case, tabs, entities, schemes in schemes, and texts that show another one."""
# base: solution
# earns: all

# %% markdown first
"""
[one](JaVaScRiPt:alert(1)) [two](java&#10;script:alert(1)) [three](&#x6A;avascript:alert(1)) [four](vbscript:x)
[five](data:text/html;base64,PHNjcmlwdD4=) [six](\u0001javascript:alert(1)) [seven](javascript&colon;alert(1))
<a href=" javascript:alert(1)">eight</a> <a href="java\tscript:alert(1)">nine</a> <a xlink:href="javascript:x">ten</a>
<a href="https://a.example" onclick="alert(1)">eleven</a> <a href="//lossmark.example" ping="//lossmark.example/p">twelve</a>
<a href="blob:https://a.example/x">thirteen</a> <a href="filesystem:https://a.example/x">fourteen</a> <javascript:alert(1)>
<area href="javascript:alert(1)"> <map name="m"><area href="javascript:x"></map> <button formaction="javascript:x">b</button>
[ref]: javascript:alert(1)
[fifteen][ref] ![sixteen](javascript:alert(1)) [seventeen](<javascript:alert(1)>) [https://your-university.example](jav\u0000ascript:x)
"""

# %% first
from IPython.display import HTML, Markdown, display

display(Markdown("[link](javascript:alert(1)) <a href='javascript:alert(1)'>x</a>"))
display(HTML("<a href='javascript:alert(1)'>x</a>"))
print("\x1b]8;;javascript:alert(1)\x1b\\link\x1b]8;;\x1b\\")
