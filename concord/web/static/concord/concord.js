// Concord's own behaviour. Every page works without it; it saves reloads, keys and repeated choices.
// Elements say what they want by data- attributes; see docs/ui.md.
(function () {
  "use strict";

  const kept = {
    read(name) {
      try { return window.localStorage.getItem("concord." + name); } catch { return null; }
    },
    write(name, value) {
      try { window.localStorage.setItem("concord." + name, value); } catch { /* private window: not remembered */ }
    },
  };

  const say = (text) => {
    const region = document.getElementById("announcements");
    if (region) region.textContent = text;
  };

  // ---- Column choice: [data-columns="table id"] holds check boxes whose values are column names

  const showColumns = (choice) => {
    const table = document.getElementById(choice.dataset.columns);
    if (!table) return;
    for (const box of choice.querySelectorAll("input[type=checkbox]")) {
      for (const cell of table.querySelectorAll('[data-column="' + CSS.escape(box.value) + '"]')) {
        cell.hidden = !box.checked;
      }
    }
  };

  const rememberColumns = (choice) => {
    const boxes = [...choice.querySelectorAll("input[type=checkbox]")];
    const asked = new URLSearchParams(window.location.search).has("column");
    const before = kept.read("columns." + choice.dataset.columns);
    if (before !== null && !asked) {
      const shown = before.split(" ");
      for (const box of boxes) box.checked = shown.includes(box.value);
      showColumns(choice);
    }
    choice.addEventListener("change", () => {
      showColumns(choice);
      const shown = boxes.filter((box) => box.checked).map((box) => box.value);
      kept.write("columns." + choice.dataset.columns, shown.join(" "));
      say(choice.dataset.said || "");
    });
  };

  // ---- Forms that send themselves when a choice changes: <form data-sends="change">

  const sendOnChange = (form) => {
    form.addEventListener("change", (event) => {
      if (event.target.matches("select, input[type=checkbox], input[type=radio]")) form.requestSubmit();
    });
  };

  // ---- Keys for queues: j and k move, 1 to 9 choose an answer, u undoes. They can be switched off
  // (WCAG 2.1.4) by the check box [data-keys-switch], and never act while somebody writes.

  const keysAreOn = () => kept.read("keys") !== "off";

  const writing = (target) =>
    target.closest("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])") !== null;

  const move = (by) => {
    const links = [...document.querySelectorAll("[data-queue] a[data-case]")];
    if (!links.length) return;
    const now = links.findIndex((link) => link.getAttribute("aria-current") === "true");
    const next = links[Math.min(links.length - 1, Math.max(0, now + by))];
    if (next && next !== links[now]) next.click();
  };

  const choose = (number) => {
    const answer = document.querySelector('[data-answer="' + number + '"]');
    if (!answer) return;
    answer.checked = true;
    answer.focus();
    answer.dispatchEvent(new Event("change", { bubbles: true }));
  };

  // ---- The same keys where questions stand below each other: [data-questions] holds [data-question]s, whose
  // buttons and fields say which key they answer to by data-key

  const questionAt = (target) => target.closest?.("[data-question]") ?? null;

  const moveQuestion = (by, target) => {
    const all = [...document.querySelectorAll("[data-question]")];
    const now = all.indexOf(questionAt(target));
    all[Math.min(all.length - 1, Math.max(0, now + by))]?.focus();
  };

  const answerQuestion = (key, target) => {
    const question = questionAt(target) ?? document.querySelector("[data-question]");
    const control = question?.querySelector('[data-key="' + key + '"]');
    if (control?.matches("button")) control.click();
    else control?.focus();
  };

  const showUndo = () => {
    const undo = document.querySelector("[data-undo]");
    const fold = undo?.closest("details");
    if (fold) fold.open = true;
    undo?.focus();
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!keysAreOn() || !document.querySelector("[data-questions]") || writing(event.target)) return;
    if (event.key === "j") moveQuestion(1, event.target);
    else if (event.key === "k") moveQuestion(-1, event.target);
    else if (/^[1-9]$/.test(event.key)) answerQuestion(event.key, event.target);
    else if (event.key === "u") showUndo();
    else return;
    event.preventDefault();
  });

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!keysAreOn() || !document.querySelector("[data-queue]") || writing(event.target)) return;
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (/^[1-9]$/.test(event.key)) choose(event.key);
    else if (event.key === "u") document.querySelector("[data-undo]")?.focus();
    else return;
    event.preventDefault();
  });

  const switchKeys = (box) => {
    box.checked = keysAreOn();
    box.addEventListener("change", () => kept.write("keys", box.checked ? "on" : "off"));
  };

  // ---- Only the fields that the chosen answer needs: [data-needed-by="value …"] beside radios of [data-answers]

  const showNeeded = (form) => {
    const chosen = form.querySelector("[data-answer]:checked")?.value;
    for (const part of form.querySelectorAll("[data-needed-by]")) {
      part.hidden = Boolean(chosen) && !part.dataset.neededBy.split(" ").includes(chosen);
    }
  };

  // ---- Work under way: [data-says] is read out when its words change, not at each look

  const sayChanged = (part) => {
    const region = document.getElementById("announcements");
    if (region && region.textContent !== part.dataset.says) say(part.dataset.says);
  };

  // ---- Start, also for what htmx brings later

  const start = (root) => {
    const all = (selector) => [...(root.matches?.(selector) ? [root] : []), ...root.querySelectorAll(selector)];
    all("[data-columns]").forEach(rememberColumns);
    all("form[data-sends=change]").forEach(sendOnChange);
    all("[data-says]").forEach(sayChanged);
    all("[data-keys-switch]").forEach(switchKeys);
    all("form[data-answers]").forEach((form) => {
      showNeeded(form);
      form.addEventListener("change", () => showNeeded(form));
    });
    if (window.matchMedia("(min-width: 62rem)").matches) {
      all("details[data-open-when-wide]").forEach((fold) => { fold.open = true; });
    }
    all("[data-without-script]").forEach((part) => { part.hidden = true; });
    all("[data-with-script]").forEach((part) => { part.hidden = false; });
  };

  document.addEventListener("DOMContentLoaded", () => {
    start(document);
    document.querySelector("[data-focus-first]")?.focus();
  });

  // htmx:load fires for the body too, which DOMContentLoaded has dealt with
  document.addEventListener("htmx:load", (event) => {
    if (event.target !== document.body) start(event.target);
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    const place = event.target.querySelector?.("[data-focus-after]");
    if (place) place.focus();
  });

  const failed = () => say(document.getElementById("announcements")?.dataset.failed || "");
  document.addEventListener("htmx:responseError", failed);
  document.addEventListener("htmx:sendError", failed);
})();
