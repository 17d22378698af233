// The search box as a combobox (WAI-ARIA 1.2, editable with list): titles, sources and quotations
// while somebody types. Without this file the box is a plain search box.
"use strict";
{
  const PAUSE = 150; // ms without a key before anything is asked
  const make = (tag, attributes, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };

  function offer(form) {
    const input = form.querySelector("input[name=q]");
    const { suggest: address, offers: name, ...labels } = form.dataset;
    const list = make("div", { role: "listbox", id: `${input.id}-offers`, "aria-label": name, class: "offers" });
    const said = make("span", { class: "unseen", role: "status" });
    let options = [];
    let active = -1;
    let timer = 0;
    let asking = new AbortController();

    list.hidden = true;
    form.append(list, said);
    const roles = { role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" };
    for (const [attribute, value] of Object.entries(roles)) input.setAttribute(attribute, value);

    const isOpen = () => !list.hidden;
    const open = () => {
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
    };
    const close = () => {
      activate(-1);
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
    };

    function activate(index) {
      options[active]?.setAttribute("aria-selected", "false");
      active = index;
      const option = options[active];
      if (!option) return input.removeAttribute("aria-activedescendant");
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", option.id);
    }

    // Round through the options and the box itself, which is -1.
    function step(by) {
      if (!isOpen() && options.length) open();
      if (isOpen()) activate(((active + 1 + by + options.length + 1) % (options.length + 1)) - 1);
    }

    function group(kind, found) {
      const label = make("div", { id: `${list.id}-${kind}`, class: "label", role: "presentation" }, labels[kind]);
      const rows = found.map((each) => {
        const row = make("a", { role: "option", href: each.url, tabindex: "-1", "aria-selected": "false" });
        row.append(make("span", { lang: "zh-hans" }, each.text));
        if (each.count) row.append(make("span", { class: "count" }, each.count.toLocaleString("en")));
        return row;
      });
      return make("div", { role: "group", "aria-labelledby": label.id }, label, ...rows);
    }

    function show(offered) {
      activate(-1);
      const kinds = Object.entries(offered).filter(([, found]) => found.length);
      list.replaceChildren(...kinds.map(([kind, found]) => group(kind, found)));
      options = [...list.querySelectorAll("[role=option]")];
      options.forEach((option, index) => { option.id = `${list.id}-${index + 1}`; });
      if (options.length) open(); else close();
      said.textContent = options.length ? `${name} ${options.length}` : "";
    }

    async function ask(typed) {
      asking = new AbortController();
      try {
        const answer = await fetch(`${address}?${new URLSearchParams({ q: typed })}`, { signal: asking.signal });
        const offered = answer.ok ? await answer.json() : {};
        if (document.activeElement === input && input.value.trim() === typed) show(offered);
      } catch { /* another request took its place, or there is no network: nothing is offered */ }
    }

    function stop() {
      clearTimeout(timer);
      asking.abort();
    }

    function typed() {
      stop();
      const now = input.value.trim();
      if (now) timer = setTimeout(ask, PAUSE, now); else show({});
    }

    input.addEventListener("input", (event) => { if (!event.isComposing) typed(); });
    // While an input method is open its letters are no words, and its keys are its own.
    input.addEventListener("compositionstart", () => { stop(); close(); });
    input.addEventListener("compositionend", typed);
    input.addEventListener("blur", () => { stop(); close(); });
    form.addEventListener("submit", () => { stop(); close(); });
    list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
    list.addEventListener("click", close);
    input.addEventListener("keydown", (event) => {
      if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
      const keys = {
        ArrowDown: () => step(1),
        ArrowUp: () => step(-1),
        Enter: () => options[active]?.click(),
        Escape: close,
      };
      const meant = event.key === "Enter" ? isOpen() && active >= 0 : event.key !== "Escape" || isOpen();
      if (!keys[event.key] || !meant || (!options.length && event.key.startsWith("Arrow"))) return;
      event.preventDefault();
      keys[event.key]();
    });
  }

  document.querySelectorAll("form[data-suggest]").forEach(offer);
}
