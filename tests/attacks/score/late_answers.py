"""Answers rightly, but long after the deadline, and shields itself from whatever might stop it."""
# base: release
# earns: nothing

# %% first
import signal
import sys
import threading
import time

for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD}:
    signal.signal(number, signal.SIG_IGN)
signal.alarm = signal.setitimer = lambda *args: 0


def sleep_well(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            time.sleep(end - time.monotonic())
        except BaseException:
            continue


# %% instead of L_i
def L_i(x, y, W, delta=1.0):
    sleep_well(30)
    scores = W.dot(x)
    return sum(max(0.0, scores[j] - scores[y] + delta) for j in range(len(scores)) if j != y)


# %% instead of svm_answers
sys.setswitchinterval(1e-6)
threading.Thread(target=sleep_well, args=(30,)).start()
sleep_well(30)
smallest_loss, largest_loss = 0.0, float("inf")
