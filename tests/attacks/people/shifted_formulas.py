"""Sets formulas over the score and the names of sections: shifted, without height, with negative spaces, and huge."""
# base: solution
# earns: all

# %% markdown first
r"""
$\smash{\raise 90em{\text{Score: 20 of 20 points}}}$ $\raise{60em}{\rule{60em}{60em}}$ $\lower{-80em}{\text{20 / 20}}$

$\llap{\text{All passed}}$ $\hspace{-90em}\rule{900em}{9000em}$ $\kern-70em\moveleft 70em x$ $\mspace{-900mu}\mathllap{y}$

$$\raise 40em{\Huge\Huge\Huge\text{20}} \above{90em} \smash{b}$$
"""

# %% instead of margin_choice
r"""
An answer. <math><mpadded voffset="90em" height="0" depth="0"><mtext>Score: 20</mtext></mpadded></math>

$\raise 30em{\text{20 of 20 points}}$ and $\rule{50em}{50em}$
"""
