"""Puts markup and paths into the metadata of the notebook and of its cells, and HTML into an attachment."""
# base: solution
# earns: all

# %% metadata
{
    "title": "</title><script>lossmark()</script>",
    "authors": [{"name": '<img src=x onerror="lossmark()">'}],
    "kernelspec": {"name": "../../../../tmp/kernel", "display_name": '"><script>lossmark()</script>', "language": "R"},
    "language_info": {"name": "<script>lossmark()</script>", "pygments_lexer": "</style><script>lossmark()</script>"},
    "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {"x": "</script><script>lossmark()</script>"}}},
    "rise": {"header": "<script>lossmark()</script>"},
    "nbgrader": {"score": 20},
    "celltoolbar": '"><img src=x onerror=lossmark()>',
}

# %% markdown first
{
    "source": "![a picture](attachment:page.html) ![another](attachment:evil.png) [a third](attachment:vector.svg)",
    "metadata": {"tags": ["<script>lossmark()</script>"], "nbgrader": {"grade_id": "<script>lossmark()</script>"}},
    "attachments": {
        "page.html": {"text/html": "<script>lossmark()</script>"},
        "evil.png": {"image/png": 'x"><script>lossmark()</script>'},
        "vector.svg": {"image/svg+xml": '<svg xmlns="http://www.w3.org/2000/svg" onload="lossmark()"/>'},
        '"><script>lossmark()</script>': {"image/png": "AAAA"},
        "../../graders/hinge_loss/reference.py": {"image/png": "AAAA"},
    },
}
