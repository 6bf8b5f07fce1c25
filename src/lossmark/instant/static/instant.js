"use strict";

// While a check is under way, ask for this page twice a second, and show what has changed.
async function goOn() {
  const progress = document.getElementById("progress");
  const token = progress?.dataset.xsrf;
  if (!token) {
    return;
  }
  const options = { headers: { "X-XSRFToken": token }, redirect: "manual" };
  const answer = await fetch(location.href, options).catch(() => null);
  if (answer && !answer.ok && answer.status < 500) {
    location.reload(); // to the login: the session has ended, or the service was started again
    return;
  }
  if (answer && answer.ok) {
    show(new DOMParser().parseFromString(await answer.text(), "text/html"), progress);
  }
  setTimeout(goOn, 500);
}

function show(page, progress) {
  const fresh = page.getElementById("progress");
  if (!fresh.dataset.xsrf) {
    document.querySelector("main").replaceChildren(...page.querySelector("main").childNodes);
  } else if (fresh.textContent !== progress.textContent) {
    progress.replaceChildren(...fresh.childNodes);
  }
}

setTimeout(goOn, 300);
