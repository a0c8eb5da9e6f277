// Connects the page's links, form and keys with the state, and the state with the table.
(() => {
  const form = document.querySelector("form");
  const SELECTS = ["search", "class", "proposed", "result"];

  function showControls(value) {
    for (const name of SELECTS) form.elements[name].value = value[name] || "";
    const chips = FILTERS.filter((name) => value[name] && !SELECTS.includes(name)).map((name) => {
      const text = name === "change" ? "changed" : name;
      const chip = element("button", { type: "button", className: "chip" }, `${text}: `);
      chip.append(document.createRange().createContextualFragment("<bdi></bdi>"), " ✕");
      chip.querySelector("bdi").textContent = shortName(value[name]);
      chip.setAttribute("aria-label", `Remove the filter ${text}: ${value[name]}`);
      chip.addEventListener("click", () => state.change({ [name]: "" }));
      return chip;
    });
    byId("chips").replaceChildren(...chips);
    const matrix = value.matrix === "shares" ? "shares" : "counts";
    document.documentElement.dataset.matrix = matrix;
    document.querySelector(`[name=matrix][value=${matrix}]`).checked = true;
  }

  state.listeners.push((value, names) => {
    showControls(value);
    if (names.some((name) => FILTERS.includes(name) || name === "sort")) {
      table.update();
      table.reveal();
    } else if (names.includes("stem")) {
      table.mark();
      table.reveal();
    }
  });

  function goToStems() {
    byId("stems").scrollIntoView();
    byId("stems").focus({ preventScroll: true });
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.matches(".view")) {
      state.view(Object.fromEntries(new URLSearchParams(link.hash.slice(1))));
      goToStems();
    } else if (link.matches(".jump")) { // the address keeps the state
      document.querySelector(link.hash).scrollIntoView();
    } else if (link.matches(".play")) {
      state.change({ stem: link.dataset.place });
      player.toggle(Number(link.dataset.place));
    } else return;
    event.preventDefault();
  });

  for (const name of SELECTS) form.elements[name].addEventListener("input", (event) => state.change({ [name]: event.target.value }));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    state.view({ sort: "" });
  });
  for (const radio of document.getElementsByName("matrix")) {
    radio.addEventListener("change", () => state.change({ matrix: radio.value === "shares" ? "shares" : "" }));
  }
  for (const heading of table.headings.filter((one) => one.dataset.sort)) {
    const button = element("button", { type: "button" }, ...heading.childNodes);
    button.addEventListener("click", () => {
      const column = heading.dataset.sort;
      state.change({ sort: state.value.sort === column ? `-${column}` : column });
    });
    heading.replaceChildren(button);
  }

  const step = (by) => {
    const next = table.step(by);
    if (next !== null) player.follow(next);
  };
  byId("pause").addEventListener("click", () => player.toggle(player.place));
  byId("close").addEventListener("click", () => player.close());
  for (const button of document.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => step(Number(button.dataset.step)));
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") player.close();
    else if (event.target.closest("[type=search], select")) return; // there, letters are text
    else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === " " && (state.value.stem || player.place !== null) && !event.target.closest("button, summary, input, audio")) {
      event.preventDefault();
      player.toggle(state.value.stem ? Number(state.value.stem) : player.place);
    }
  });

  addEventListener("beforeprint", () => { // with print=shown in the address, paper shows what the table shows
    if (state.value.print !== "shown") return;
    byId("static").caption.textContent = byId("shown").textContent;
    byId("static").tBodies[0].replaceChildren(...table.places.map((place, index) => stemRow(place, index, false)));
  });

  document.documentElement.classList.add("script");
  showControls(state.value);
  table.update();
  if (FILTERS.some((name) => state.value[name]) || state.value.stem) {
    table.reveal();
    byId("stems").scrollIntoView();
  }
})();
