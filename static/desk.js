// Says at the editors' desk that a form is being sent, and sends it only once: a busy database or a
// large file may keep the answer back for half a minute.
"use strict";
{
  const { saving } = document.currentScript.dataset;
  const PATIENCE = 40_000; // ms until it may be sent again: somebody may have stopped the page
  const label = (button) => (button?.matches("input") ? "value" : "textContent");

  function show(form, button) {
    const status = document.createElement("span");
    status.className = "unseen";
    status.setAttribute("role", "status");
    form.append(status);
    form.setAttribute("aria-busy", "true");
    status.textContent = form.dataset.saving || saving;
    const before = button?.[label(button)];
    if (button) button[label(button)] = status.textContent;
    const undo = () => {
      delete form.dataset.sent;
      form.removeAttribute("aria-busy");
      status.remove();
      if (button) button[label(button)] = before;
    };
    setTimeout(undo, PATIENCE);
    addEventListener("pageshow", undo, { once: true }); // back by the browser's button
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const ours = form.matches('#content-main form[method="post"]:not(#login-form)');
    if (!ours || event.defaultPrevented) return;
    if ("sent" in form.dataset) return event.preventDefault();
    form.dataset.sent = "";
    setTimeout(() => show(form, event.submitter)); // after the button's own value has been taken
  });
}
