"""Shows media of kinds that some viewers run or render: widgets, charts, maps, sound, pages in pictures' clothes."""
# base: solution
# earns: all

# %% first
import base64

from IPython.display import display

SCRIPT = "<script>lossmark()</script>"
PAGE = base64.b64encode(f"<html>{SCRIPT}</html>".encode()).decode()
KINDS = (
    "text/html", "text/markdown", "text/latex", "text/css", "text/vnd.mermaid", "image/svg+xml", "image/gif",
    "image/webp", "application/pdf", "application/javascript", "application/json", "application/geo+json",
    "application/vnd.jupyter.widget-view+json", "application/vnd.plotly.v1+json", "application/vnd.vega.v5+json",
    "application/vnd.bokehjs_exec.v0+json", "application/vnd.holoviews_load.v0+json", "audio/wav", "video/mp4",
    "application/vnd.dataresource+json", "application/x-nteract-model-debug+json", "text/plain+html", "TEXT/HTML",
)  # fmt: skip
for kind in KINDS:
    for value in (SCRIPT, [SCRIPT], {"model_id": SCRIPT, "data": [{"type": SCRIPT}]}):
        display({kind: value}, raw=True)
display({"image/png": PAGE, "image/jpeg": PAGE}, raw=True)
display({"image/png": [PAGE, '"', SCRIPT]}, metadata={"image/png": {"height": f'1"{SCRIPT}'}}, raw=True)
display({'image/png" onerror="lossmark()': PAGE, SCRIPT: SCRIPT}, raw=True)
