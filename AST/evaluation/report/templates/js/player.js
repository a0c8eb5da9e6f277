// One player for all stems. It plays on while the table is filtered or scrolled.
const player = (() => {
  const audio = byId("player").querySelector("audio");
  const heading = byId("playing");
  let place = null;
  const listeners = [];
  const tell = () => listeners.forEach((listener) => listener());
  function say(problem) {
    const song = document.createElement("bdi");
    song.textContent = `${shortName(stems.columns.song(place))} · ${shortName(stems.columns.file(place))}`;
    const label = document.createElement("bdi");
    label.textContent = `${stems.columns.class(place)} → ${stems.columns.prediction(place)}`;
    heading.replaceChildren(problem, label, document.createElement("br"), song);
  }
  function load(next) {
    place = next;
    byId("player").hidden = false;
    document.documentElement.classList.add("playing");
    audio.src = stems.audio(place);
    say("");
  }
  function start() {
    const source = audio.src;
    audio.play().catch(() => { // no message if another file was started in the meantime
      if (audio.src === source && audio.error) say("Cannot be played: ");
    });
  }
  for (const event of ["play", "pause", "emptied"]) audio.addEventListener(event, tell);
  return {
    listeners,
    isPlaying: (one) => one === place && !audio.paused,
    get place() { return place; },
    toggle(next) {
      if (stems.audio(next) === null) return;
      if (next !== place) load(next);
      if (audio.paused) start();
      else audio.pause();
    },
    follow(next) { // the next stem plays if one is playing
      if (audio.paused) return;
      audio.pause();
      if (stems.audio(next) !== null) this.toggle(next);
    },
    close() {
      if (place === null) return;
      place = null;
      audio.pause();
      audio.removeAttribute("src");
      byId("player").hidden = true;
      document.documentElement.classList.remove("playing");
      tell();
    },
  };
})();
