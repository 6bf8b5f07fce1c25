"use strict";

// Sorting: each heading of a sortable table becomes a button.
for (const table of document.querySelectorAll("table.sortable")) {
  const headings = [...table.tHead.rows[0].cells];
  const valueOf = (row, column) => {
    const cell = row.cells[column];
    return "value" in cell.dataset ? Number(cell.dataset.value) : cell.textContent.trim();
  };
  const compare = (one, other) =>
    typeof one === "number" ? one - other : one.localeCompare(other, undefined, { numeric: true });
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const direction = heading.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      headings.forEach((other) => other.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", direction === 1 ? "ascending" : "descending");
      const rows = [...table.tBodies[0].rows].map((row) => [valueOf(row, column), row]);
      rows.sort((one, other) => direction * compare(one[0], other[0]));
      table.tBodies[0].append(...rows.map((pair) => pair[1]));
    });
  });
}

// The filter: rows that hold every word that was typed.
const box = document.querySelector(".filter");
const input = box.querySelector("input");
const rows = [...document.querySelectorAll("#class tbody tr")].map((row) => [row.textContent.toLowerCase(), row]);
const show = () => {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const [text, row] of rows) {
    row.hidden = !words.every((word) => text.includes(word));
    count += !row.hidden;
  }
  box.querySelector("output").textContent = words.length ? `${count} of ${rows.length} students` : "";
};
input.addEventListener("input", show);
box.hidden = false;
show(); // a browser may remember what was typed

// A link to a student who is filtered out shows everybody again.
addEventListener("hashchange", () => {
  const row = document.querySelector("tr:target");
  if (row && row.hidden) {
    input.value = "";
    show();
    row.scrollIntoView();
  }
});
