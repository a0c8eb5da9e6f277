"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const spaced = (text) => text.toLowerCase().replace(/\s+/g, " ").trim();
  const body = byId("table").tBodies[0];
  const rows = Array.from(body.rows, (row, place) => ({
    row,
    place,
    text: spaced(row.textContent + " " + row.lastElementChild.title),
    cells: Array.from(row.cells, (cell) => cell.textContent.trim()),
  }));
  document.documentElement.classList.add("script");

  function filter() {
    const wanted = spaced(byId("search").value);
    const label = byId("class").value;
    const result = byId("result").value;
    let shown = 0;
    for (const { row, text } of rows) {
      row.hidden = !(
        text.includes(wanted) &&
        (!label || row.dataset.class === label) &&
        (!result || row.dataset.result === result)
      );
      shown += !row.hidden;
    }
    byId("shown").textContent = `${shown} of ${rows.length} stems`;
  }

  function compare(one, other, column, sign, isNumeric) {
    const [a, b] = [one.cells[column], other.cells[column]];
    if (a === "" || b === "") return (a === "") - (b === ""); // empty cells always come last
    return sign * (isNumeric ? a - b : a.localeCompare(b, "en"));
  }

  function sort(heading, column) {
    const descending = heading.ariaSort === "ascending";
    for (const other of heading.parentNode.cells) other.ariaSort = "none";
    heading.ariaSort = descending ? "descending" : "ascending";
    const sign = descending ? -1 : 1;
    const isNumeric = rows.every(({ cells }) => !Number.isNaN(Number(cells[column])));
    rows.sort((a, b) => compare(a, b, column, sign, isNumeric) || a.place - b.place);
    body.append(...rows.map(({ row }) => row));
  }

  Array.from(byId("table").tHead.rows[0].cells).forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = heading.textContent;
    button.addEventListener("click", () => sort(heading, column));
    heading.replaceChildren(button);
  });

  body.addEventListener("click", (event) => {
    const link = event.target.closest("a.play");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const audio = byId("player").querySelector("audio");
    byId("player").hidden = false;
    byId("playing").textContent = link.textContent;
    audio.src = link.href;
    audio.play().catch(() => { // no message if another file was started in the meantime
      if (audio.src === link.href) byId("playing").textContent = `cannot be played: ${link.textContent}`;
    });
  });

  for (const id of ["search", "class", "result"]) byId(id).addEventListener("input", filter);
  byId("search").form.addEventListener("submit", (event) => event.preventDefault());
  filter();
})();
