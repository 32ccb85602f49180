
"use strict";
// Filters hide what does not fit: a project by its name, a result by its owner and its verdict.
const form = document.getElementById("filter");
const status = form.querySelector("[role=status]");
const list = (selector, root = document) => Array.from(root.querySelectorAll(selector));
const has = (node, name, wanted) => !wanted || node.dataset[name].split(" ").includes(wanted);

function fits(node, owner, kind) {
  return "kind" in node.dataset && has(node, "owner", owner) && has(node, "kind", kind);
}

function filter() {
  const name = form.elements.project.value.normalize("NFKC").trim().toLowerCase();
  const owner = form.elements.owner ? form.elements.owner.value : "";
  const kind = form.elements.kind.value;
  const left = new Set();
  let results = 0;
  for (const section of list("section.project")) {
    const named = section.dataset.project.normalize("NFKC").toLowerCase().includes(name);
    const articles = list("article", section);
    for (const article of articles) {
      article.hidden = !fits(article, owner, kind);
    }
    const shown = articles.filter((article) => !article.hidden).length;
    section.hidden = !named || !shown;
    if (!section.hidden) {
      left.add(section.dataset.project);
      results += shown;
    }
  }
  for (const cell of list(".matrix [data-owner]")) {
    cell.hidden = !has(cell, "owner", owner);
    cell.classList.toggle("dim", "kind" in cell.dataset && !fits(cell, owner, kind));
  }
  for (const row of list(".matrix tbody tr")) {
    row.hidden = !left.has(row.dataset.project);
  }
  const all = list("section.project").length;
  const idle = !name && !owner && !kind;
  status.textContent = idle ? "" : status.dataset.said
    .replace("{projects}", left.size).replace("{all}", all).replace("{results}", results);
}

form.hidden = false;
form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => setTimeout(filter));

const folding = document.getElementById("folding");
folding.hidden = list("#each details").length === 0;
folding.addEventListener("click", (event) => {
  if (event.target.tagName === "BUTTON") {
    list("#each details").forEach((each) => { each.open = "open" in event.target.dataset; });
  }
});

// What a link leads to may be folded or filtered away.
function reveal() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target && target.closest("[hidden]")) {
    form.reset();
    filter();
    target.scrollIntoView();
  }
}
addEventListener("hashchange", reveal);

// Paper cannot be unfolded.
let folded = [];
addEventListener("beforeprint", () => {
  folded = list("details:not([open])");
  folded.forEach((each) => { each.open = true; });
});
addEventListener("afterprint", () => {
  folded.forEach((each) => { each.open = false; });
});
