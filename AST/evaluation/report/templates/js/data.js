"use strict";
// The stems, column by column, from the JSON that stands in the page.
const byId = (id) => document.getElementById(id);
const stems = (() => {
  const data = JSON.parse(byId("data").textContent);
  const text = (column) => (place) => data.texts[data[column][place]];
  const share = (column) => (place) => (data[column][place] < 0 ? null : data[column][place] / 1000);
  const columns = {
    class: text("label"),
    proposed: text("proposed"),
    prediction: text("prediction"),
    song: text("song"),
    file: (place) => data.file[place],
    right: (place) => data.right[place],
    score: share("score"),
    speech: share("speech"),
  };
  const path = (place) => data.texts[data.folder[place]] + data.file[place];
  const changes = new Map(Object.entries(data.changes).map(([place, change]) => [Number(place), change]));
  const texts = []; // what a search looks through, made when it is needed
  return {
    count: data.file.length,
    columns,
    path,
    best: (place) =>
      data.best.slice(5 * place, 5 * place + 5).map((name, i) => [data.texts[name], data.best_scores[5 * place + i] / 1000])
        .filter(([, score]) => score >= 0),
    audio(place) {
      const folder = data.audio[place];
      if (!(folder >= 0)) return null; // also if there is no such stem
      return data.addresses[folder] + data.file[place].split("/").map(encodeURIComponent).join("/");
    },
    change(place) { // the other run's prediction and proposed label, and whether the stem is gained or lost
      const change = changes.get(place);
      return change && { prediction: data.texts[change[0]], proposed: data.texts[change[1]], kind: ["lost", "", "gained"][change[2] + 1] };
    },
    text(place) {
      texts[place] ??= ["class", "proposed", "prediction"].map((name) => columns[name](place)).concat(path(place)).join(" ").toLowerCase();
      return texts[place];
    },
    // Numbers that sort like a column's values: the different texts are compared once.
    keys(name) {
      if (name === "file") return ranks(Array.from(data.file.keys()), data.file);
      if (["right", "score", "speech"].includes(name)) return data[name];
      const column = data[name === "class" ? "label" : name];
      return ranks(column, data.texts);
    },
  };
  function ranks(numbers, values) {
    const order = [...new Set(numbers)].sort((a, b) => (values[a] < values[b] ? -1 : values[a] > values[b] ? 1 : 0));
    const rank = new Map(order.map((number, place) => [number, place]));
    return numbers.map((number) => rank.get(number));
  }
})();
const shortName = (name) =>
  name.slice(name.lastIndexOf("/") + 1).replace(/\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "$1…");
