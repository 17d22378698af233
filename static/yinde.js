// Improves pages that work without it: theme, text size, keys, stepping from hit to hit, citing.
"use strict";
{
  const root = document.documentElement;
  const kept = {
    get(name) { try { return localStorage.getItem(name) || ""; } catch { return ""; } },
    set(name, value) { try { localStorage.setItem(name, value); } catch { /* not remembered */ } },
  };
  const choose = (name, value) => { if (value) root.dataset[name] = value; else delete root.dataset[name]; };
  // Before the first paint, so that nothing flashes; this file is loaded without defer for that.
  for (const name of ["theme", "size"]) choose(name, kept.get(name));

  const all = (selector) => [...document.querySelectorAll(selector)];

  function switches() {
    for (const group of all("[data-switch]")) {
      const name = group.dataset.switch;
      const show = () => {
        for (const button of group.querySelectorAll("button")) {
          button.setAttribute("aria-pressed", String(button.value === kept.get(name)));
        }
      };
      group.hidden = false;
      group.addEventListener("click", (event) => {
        const button = event.target.closest("button");
        if (!button) return;
        kept.set(name, button.value);
        choose(name, button.value);
        show();
      });
      show();
    }
    for (const button of all("[data-open]")) {
      button.hidden = false;
      button.addEventListener("click", () => document.getElementById(button.dataset.open).showModal());
    }
  }

  // While an input method is composing, Enter confirms a candidate; 229 is how Safari says so.
  const composing = (event) => event.isComposing || event.keyCode === 229;
  const typing = (target) => target.closest?.("input, textarea, select, [contenteditable]");

  // Browsers disagree on whether Enter submits just before or just after the composition ends.
  function guardComposition() {
    let open = false;
    document.addEventListener("compositionstart", () => { open = true; });
    document.addEventListener("compositionend", () => { setTimeout(() => { open = false; }); });
    document.addEventListener("submit", (event) => { if (open) event.preventDefault(); });
    document.addEventListener("keydown", (event) => {
      if (!composing(event)) open = false;
      else if (event.key === "Enter" && typing(event.target)) event.preventDefault();
    });
  }

  function stepCard(step) {
    const links = all(".card :is(h2, h3) a");
    const here = links.indexOf(document.activeElement);
    const next = links[here < 0 ? (step > 0 ? 0 : links.length - 1) : here + step];
    next?.focus();
  }

  function stepHit(step) {
    const hits = all("mark[id]");
    const here = hits.findIndex((hit) => `#${hit.id}` === location.hash);
    // Of a long text the neighbour may be on another page.
    const way = !hits.length ? document.querySelector('.hitbar a[href*="#hit-"]')
      : here >= 0 && !hits[here + step] ? hits[here].nextElementSibling?.querySelector(step > 0 ? "[rel=next]" : "[rel=prev]")
      : null;
    if (way) location.assign(way.href);
    if (way || !hits.length) return;
    const next = here < 0 ? (step > 0 ? 0 : hits.length - 1) : (here + step + hits.length) % hits.length;
    location.replace(`#${hits[next].id}`);
  }

  const keys = {
    "/": () => { const box = document.querySelector("#q, [type=search]"); box?.focus(); box?.select(); },
    j: () => stepCard(1),
    k: () => stepCard(-1),
    n: () => stepHit(1),
    N: () => stepHit(-1),
    c: () => copySelection(),
    "?": () => document.getElementById("keys")?.showModal(),
  };
  function listenKeys() {
    document.addEventListener("keydown", (event) => {
      if (composing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
      if (typing(event.target) || document.querySelector("dialog[open]")) return;
      const size = document.querySelectorAll('[data-switch="size"] button')[event.key - 1];
      if (!keys[event.key] && !size) return;
      event.preventDefault();
      if (size) size.click(); else keys[event.key]();
    });
  }

  // The passage, where it stands, and an address that opens on its paragraph.
  function quoted() {
    const speech = document.querySelector(".speech[data-citation]");
    const selection = getSelection();
    if (!speech || selection.isCollapsed || !selection.rangeCount) return null;
    const range = selection.getRangeAt(0);
    const start = range.startContainer.nodeType === 1 ? range.startContainer : range.startContainer.parentElement;
    const paragraph = start?.closest(".text > *");
    const passage = selection.toString().trim();
    if (!paragraph || !passage) return null;
    const page = !("divided" in speech.dataset) ? "" : paragraph.id ? `?at=${paragraph.id}` : location.search;
    const address = `${location.origin}${location.pathname}${page}${paragraph.id && `#${paragraph.id}`}`;
    return { range, text: `“${passage}”\n${speech.dataset.citation}\n${address}\n`, ...speech.dataset };
  }

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch { // Without https there is no clipboard object; the old command still works.
      const carry = (event) => { event.clipboardData.setData("text/plain", text); event.preventDefault(); };
      document.addEventListener("copy", carry, { once: true });
      document.execCommand("copy");
    }
  }

  async function copySelection() {
    const quote = quoted();
    if (quote) await copy(quote.text);
    return Boolean(quote);
  }

  function copyCitations() {
    for (const citation of all(".citation")) {
      const button = citation.nextElementSibling;
      button.hidden = false;
      button.addEventListener("click", async () => {
        await copy(citation.textContent);
        button.textContent = document.querySelector(".speech").dataset.copied;
      });
    }
  }

  function offerCopy() {
    if (!document.querySelector(".speech[data-citation]")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.hidden = true;
    document.body.append(button);
    const place = () => {
      const quote = quoted();
      button.hidden = !quote;
      if (!quote) return;
      const box = quote.range.getBoundingClientRect();
      button.textContent = quote.copy;
      button.style.top = `${box.bottom + scrollY + 8}px`;
      button.style.left = `${Math.max(8, Math.min(box.left + scrollX, innerWidth - 120))}px`;
    };
    document.addEventListener("selectionchange", () => { clearTimeout(place.timer); place.timer = setTimeout(place, 150); });
    button.addEventListener("pointerdown", (event) => event.preventDefault()); // keeps the selection
    button.addEventListener("click", async () => {
      const done = document.querySelector(".speech").dataset.copied;
      if (await copySelection()) button.textContent = done;
    });
  }

  function followOutline() {
    const links = new Map(all(".outline a").map((link) => [document.getElementById(link.hash.slice(1)), link]));
    links.delete(null);
    if (!links.size) return;
    const headings = [...links.keys()];
    const show = () => {
      const passed = headings.filter((heading) => heading.getBoundingClientRect().top < innerHeight / 3);
      for (const link of links.values()) link.removeAttribute("aria-current");
      links.get(passed.at(-1))?.setAttribute("aria-current", "true");
    };
    let waiting = false;
    addEventListener("scroll", () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => { waiting = false; show(); });
    }, { passive: true });
    show();
  }

  // A long facet gets a box that narrows its rows to those that hold what is typed.
  function findInFacets() {
    const plain = (text) => text.normalize("NFKC").toLowerCase();
    for (const facet of all(".facet[data-find]")) {
      const rows = [...facet.querySelectorAll("li")];
      if (rows.length < 16) continue; // seen at a glance
      const box = document.createElement("input");
      box.type = "search";
      box.autocomplete = "off";
      box.placeholder = facet.dataset.find;
      box.setAttribute("aria-label", facet.dataset.find);
      const none = document.createElement("p");
      none.setAttribute("role", "status");
      facet.querySelector("details:not(.folded) > summary").after(box, none);
      const narrow = () => {
        const wanted = plain(box.value.trim());
        for (const row of rows) row.hidden = !plain(row.textContent).includes(wanted);
        none.textContent = rows.some((row) => !row.hidden) ? "" : facet.dataset.none;
      };
      box.addEventListener("input", (event) => { if (!event.isComposing) narrow(); });
      box.addEventListener("compositionend", narrow);
    }
  }

  // A link to the citation opens it.
  function openTarget() {
    const target = document.getElementById(location.hash.slice(1)); // :target comes too late
    if (target instanceof HTMLDetailsElement) target.open = true;
  }

  // What an address names may be on another page of a long text.
  function turnToTarget() {
    const wanted = location.hash.slice(1);
    if (!/^(hit-\d+|p-[0-9a-f]{8}(-\d+)?)$/.test(wanted) || document.getElementById(wanted)) return;
    const way = new URL(location.href);
    if (!document.querySelector("[data-divided]") || way.searchParams.get("at") === wanted) return;
    way.searchParams.delete("page");
    way.searchParams.set("at", wanted);
    location.replace(way);
  }

  document.addEventListener("DOMContentLoaded", () => {
    switches();
    guardComposition();
    listenKeys();
    offerCopy();
    copyCitations();
    followOutline();
    findInFacets();
    openTarget();
    turnToTarget();
    addEventListener("hashchange", openTarget);
    addEventListener("hashchange", turnToTarget);
  });
}
