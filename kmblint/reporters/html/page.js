"use strict";
(() => {
  const form = document.getElementById("filters");
  const told = [...document.querySelectorAll("[data-rule]")];
  const articles = told.filter((each) => each.matches(".finding"));
  const files = [...document.querySelectorAll("details.file")];

  const open = (element) => {
    for (let around = element.closest("details"); around; around = around.parentElement.closest("details")) {
      around.open = true;
    }
  };

  const filter = () => {
    const severities = [...form.querySelectorAll("[name=severity]:checked")].map((box) => box.value);
    const rule = form.elements.rule.value;
    const file = form.elements.file.value;
    for (const each of told) {
      const { severity, rule: its, file: path } = each.dataset;
      each.hidden = !severities.includes(severity) || (rule !== "" && rule !== its) || (file !== "" && file !== path);
    }
    const shown = articles.filter((each) => !each.hidden).length;
    document.getElementById("count").textContent = `${shown} of ${articles.length} shown`;
  };

  if (form) {
    form.hidden = false;
    form.addEventListener("change", filter);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(filter));
    filter();
  }

  const go = (element) => {
    open(element);
    element.focus({ preventScroll: true });
    element.scrollIntoView({ block: "center" });
  };

  const step = (by) => {
    const shown = articles.filter((each) => !each.hidden).sort(
      (one, other) => (one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
    const at = shown.indexOf(document.activeElement && document.activeElement.closest(".finding"));
    const next = shown[at < 0 ? (by > 0 ? 0 : shown.length - 1) : Math.min(Math.max(at + by, 0), shown.length - 1)];
    if (next) go(next);
  };

  const keys = {
    j: () => step(1),
    k: () => step(-1),
    f: () => form && form.querySelector("input, select").focus(),
    o: () => {
      const every = !files.every((file) => file.open);
      for (const file of files) file.open = every;
    },
    t: () => window.scrollTo(0, 0),
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest && event.target.closest("select, textarea, input:not([type=checkbox])");
    if (event.ctrlKey || event.metaKey || event.altKey || typing || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a[href^='#']");
    const target = link && document.getElementById(link.getAttribute("href").slice(1));
    if (!target) return;
    if (target.matches(".finding[hidden]")) form.reset();
    open(target);
    if (target.matches("details")) target.open = true;
  });
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const each of closed) each.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const each of closed) each.open = false;
  });
})();
