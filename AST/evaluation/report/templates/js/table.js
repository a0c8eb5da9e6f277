// The table of stems: only the rows that can be seen are in the page. The rest is space above and below.
const table = (() => {
  const box = byId("scroll");
  const body = byId("table").tBodies[0];
  const headings = [...byId("table").tHead.rows[0].cells];
  const hasOther = headings.length > 10;
  const rowHeight = 3.5 * parseFloat(getComputedStyle(document.documentElement).fontSize); // as in stems.css
  const space = () => element("tr", { className: "space", ariaHidden: "true" }, element("td", { colSpan: headings.length }));
  const [above, below] = [space(), space()];
  const keys = {};
  let places = [];
  let rows = new Map();

  function matching(filters) {
    const { columns } = stems;
    const wanted = (filters.search || "").toLowerCase().replace(/\s+/g, " ").trim();
    const equal = ["class", "proposed", "prediction", "song"].filter((name) => name in filters);
    const found = [];
    for (let place = 0; place < stems.count; place++) {
      if (equal.some((name) => columns[name](place) !== filters[name])) continue;
      if (filters.result && (filters.result === "right") !== Boolean(columns.right(place))) continue;
      if (filters.change) {
        const change = stems.change(place);
        if (!change || (filters.change !== "any" && change.kind !== filters.change)) continue;
      }
      if (!wanted || stems.text(place).includes(wanted)) found.push(place);
    }
    return found;
  }

  function sorted(found, sort) {
    if (!sort) return found;
    const column = sort.replace(/^-/, "");
    if (!headings.some((heading) => heading.dataset.sort === column)) return found;
    const sign = sort === column ? 1 : -1;
    const key = (keys[column] ??= stems.keys(column));
    const isKnown = (place) => key[place] >= 0; // unknown scores come last
    const known = found.filter(isKnown).sort((a, b) => sign * (key[a] - key[b]) || a - b);
    return known.concat(found.filter((place) => !isKnown(place)));
  }

  function draw() {
    const items = list.getVirtualItems();
    const drawn = new Map();
    for (const { index } of items) {
      const place = places[index];
      drawn.set(place, rows.get(place) || stemRow(place, index, hasOther));
    }
    for (const [place, row] of rows) if (!drawn.has(place)) row.remove();
    let before = above;
    for (const row of drawn.values()) { // a row that stays keeps its focus
      if (before.nextSibling !== row) before.after(row);
      before = row;
    }
    rows = drawn;
    above.firstChild.style.height = `${items.length ? items[0].start : 0}px`;
    below.firstChild.style.height = `${items.length ? list.getTotalSize() - items.at(-1).end : 0}px`;
    mark();
  }

  function mark() {
    for (const [place, row] of rows) row.ariaCurrent = String(place) === state.value.stem ? "true" : null;
    for (const link of document.querySelectorAll("a.play")) {
      link.textContent = player.isPlaying(Number(link.dataset.place)) ? "⏸" : "▶";
    }
  }

  const options = {
    count: 0,
    getScrollElement: () => box,
    estimateSize: () => rowHeight,
    overscan: 6,
    scrollPaddingStart: 2 * rowHeight, // the head covers the first rows
    scrollPaddingEnd: rowHeight,
    scrollToFn: virtual.elementScroll,
    observeElementRect: virtual.observeElementRect,
    observeElementOffset: virtual.observeElementOffset,
    onChange: () => draw(),
  };
  const list = new virtual.Virtualizer(options);
  body.replaceChildren(above, below);
  list._didMount();
  list._willUpdate();

  function update() {
    places = sorted(matching(state.value), state.value.sort);
    for (const row of rows.values()) row.remove();
    rows = new Map();
    list.setOptions({ ...options, count: places.length });
    list.measure();
    list._willUpdate();
    byId("table").ariaRowCount = places.length + 1;
    byId("shown").textContent = `${places.length} of ${stems.count} stems`;
    box.classList.toggle("none", places.length === 0);
    const [column, sign] = [(state.value.sort || "").replace(/^-/, ""), (state.value.sort || "").startsWith("-")];
    for (const heading of headings) {
      if (heading.dataset.sort) heading.ariaSort = heading.dataset.sort !== column ? "none" : sign ? "descending" : "ascending";
    }
    draw();
  }

  player.listeners.push(mark);
  return {
    update,
    mark,
    headings,
    get places() { return places; },
    step(by) { // to the next row, or the first one
      if (!places.length) return null;
      const at = places.indexOf(Number(state.value.stem ?? -1));
      const next = places[Math.max(0, Math.min(places.length - 1, at < 0 ? 0 : at + by))];
      state.change({ stem: String(next) });
      return next;
    },
    reveal() {
      const at = places.indexOf(Number(state.value.stem ?? -1));
      if (at >= 0) list.scrollToIndex(at, { align: "auto" });
      else box.scrollTop = 0;
    },
  };
})();
