"""Raises errors in its functions whose names, texts and lines of code are markup and codes: feedback quotes errors."""
# base: release
# earns: nothing

# %% first
MARKUP = '<script>lossmark()</script><img src=x onerror="lossmark()">\x1b]0;lossmark\x07\x1b[2J'
Loud = type(MARKUP, (Exception,), {})


# %% instead of L_i
def L_i(x, y, W, delta=1.0):
    raise Loud(MARKUP)


# %% instead of L_i_vectorized
exec(compile(f"def L_i_vectorized(*args):\n    raise ValueError({MARKUP!r})", MARKUP, "exec"))


# %% instead of svm_loss
def svm_loss(scores, y, delta=1.0):
    return MARKUP


# %% instead of squared_hinge_loss
def squared_hinge_loss(scores, y, delta=1.0):
    return type(MARKUP, (), {})()


# %% instead of svm_answers
smallest_loss = largest_loss = MARKUP
loss_at_zero_scores = {MARKUP: MARKUP}
