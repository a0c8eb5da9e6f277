// A row of the table, with the same marks as the static rows of the page.
const element = (tag, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};
const name = (text) => element("bdi", { textContent: text });
const fixed = (value, digits) => (value === null ? "" : value.toFixed(digits));
const viewLink = (filters, text) =>
  element("a", { className: "view", href: `#${new URLSearchParams(filters)}` }, name(text));

function bars(place) {
  const list = element("span", { className: "best" });
  for (const [text, score] of stems.best(place)) {
    const bar = element("span", { title: text }, name(text), " ", element("span", { textContent: score.toFixed(2) }));
    bar.style.setProperty("--share", score);
    list.append(bar);
  }
  return list;
}

function playLink(place) {
  const { columns } = stems;
  const link = element("a", { className: "play", href: stems.audio(place), textContent: "▶" });
  link.dataset.place = place;
  link.setAttribute("aria-label", `Play ${columns.class(place)}, ${shortName(columns.song(place))}`);
  return link;
}

function stemRow(place, index, hasOther) {
  const { columns } = stems;
  const right = columns.right(place);
  const cell = (content, properties = {}) => element("td", properties, content);
  const row = element(
    "tr", {},
    cell(stems.audio(place) === null ? "" : playLink(place), { className: "of-play" }),
    cell(element("span", { className: right ? "yes" : "no", textContent: right ? "✓ right" : "✗ wrong" })),
    cell(name(columns.class(place))),
    cell(name(columns.proposed(place))),
    cell(name(columns.prediction(place))),
    cell(fixed(columns.score(place), 3), { className: "number" }),
    cell(fixed(columns.speech(place) === null ? null : 100 * columns.speech(place), 1), { className: "number" }),
    cell(bars(place)),
    cell(viewLink({ song: columns.song(place) }, shortName(columns.song(place))), { title: columns.song(place) }),
    cell(name(shortName(columns.file(place))), { title: stems.path(place) }),
  );
  if (hasOther) {
    const change = stems.change(place);
    row.append(cell(change ? name(`${change.proposed} (${change.prediction})`) : "same"));
  }
  row.dataset.place = place;
  row.ariaRowIndex = index + 2; // the head is row 1
  return row;
}
