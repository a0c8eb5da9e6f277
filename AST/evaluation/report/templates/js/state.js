// What the page shows: filters, sorting, the chosen stem. The address holds it, so that it can be sent.
const FILTERS = ["search", "class", "proposed", "prediction", "song", "result", "change"];
const state = {
  value: {},
  listeners: [],
  read() {
    const hash = location.hash.slice(1);
    this.value = hash.includes("=") ? Object.fromEntries(new URLSearchParams(hash)) : {};
  },
  // Filters that are not named stay. A new entry of the history is for views that one may want back.
  change(changes, entry = "replace") {
    Object.assign(this.value, changes);
    for (const [name, value] of Object.entries(this.value)) if (value === "" || value === null) delete this.value[name];
    const hash = new URLSearchParams(this.value).toString();
    history[`${entry}State`](null, "", hash ? `#${hash}` : location.pathname + location.search);
    this.tell(Object.keys(changes));
  },
  // The stems of a link: its filters alone; sorting and the matrix stay as they are.
  view(filters) {
    const none = Object.fromEntries([...FILTERS, "stem"].map((name) => [name, ""]));
    this.change({ ...none, ...filters }, "push");
  },
  tell(names) {
    for (const listener of this.listeners) listener(this.value, names);
  },
};
state.read();
addEventListener("hashchange", () => {
  state.read();
  state.tell([...FILTERS, "sort", "stem", "matrix"]);
});
