"""Shows what a browser would run: HTML, scripts, SVG, widgets, and markup in places where none is expected."""
# base: solution
# earns: all

# %% first
from IPython.display import HTML, SVG, Javascript, Markdown, display

kernel = get_ipython().kernel
SCRIPT = "<script>lossmark</script>"
BREAK_OUT = f'">{SCRIPT}<img src=x onerror="lossmark()'

display(HTML(SCRIPT), Javascript("lossmark()"), Markdown(SCRIPT))
display(SVG(f'<svg xmlns="http://www.w3.org/2000/svg" onload="lossmark()">{SCRIPT}</svg>'))
display({"text/latex": f"$\\href{{javascript:lossmark()}}{{x}}${SCRIPT}", "text/markdown": SCRIPT}, raw=True)
display({"image/png": BREAK_OUT, "image/jpeg": BREAK_OUT, "text/plain": SCRIPT}, raw=True)
display({"application/vnd.jupyter.widget-view+json": {"model_id": BREAK_OUT}, "text/html": SCRIPT}, raw=True)
display({"text/plain": SCRIPT, "image/png": "AAAA"}, metadata={"image/png": {"width": BREAK_OUT}}, raw=True)
print(f"\x1b[31;{BREAK_OUT}m{SCRIPT}\x1b]8;;javascript:lossmark()\x07link\x1b]8;;\x07")


# %% before svm_loss_tests
class Broken(Exception):
    def _render_traceback_(self):
        return [SCRIPT, f"\x1b[1m{BREAK_OUT}"]


Broken.__name__ = BREAK_OUT
raise Broken(SCRIPT)

# %% last
forged = {"data": {"text/plain": "x"}, "metadata": {}, "execution_count": SCRIPT}
kernel.session.send(kernel.iopub_socket, "display_data", forged, parent=kernel.get_parent())
None
