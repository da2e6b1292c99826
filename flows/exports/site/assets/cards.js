// Cards that say where a figure of the pair comes from: loaded and made when a reader asks for the first one.
(function () {
  "use strict";
  var state = window.entrepot;
  var TERMS = ["", "Publisher", "Rule", "Period", "Read in", "Retrieved from", "Publisher\u2019s page", "File", "", "Vintage", "Licence"];

  var ADDRESSES = ["Retrieved from", "Publisher\u2019s page"];

  function made(tag, words) {
    var element = document.createElement(tag);
    element.textContent = words;
    return element;
  }

  function link(address) {
    var element = made("a", address);
    element.href = address;
    element.rel = "noreferrer";
    return element;
  }

  // `told` are the words of an origin in the order of TERMS, the number of the line behind the file.
  function list(told, mayBePassedOn) {
    var found = document.createElement("dl");
    TERMS.forEach(function (term, at) {
      if (!term || !told[at]) return;
      var said = document.createElement("dd");
      if (ADDRESSES.indexOf(term) >= 0 && /^https?:\/\//.test(told[at])) said.append(link(told[at]));
      else said.textContent = term === "File" && told[at + 1] ? told[at] + ", line " + told[at + 1] : told[at];
      if (term === "Licence" && !mayBePassedOn) said.append(" ", made("strong", "Not redistributable."));
      found.append(made("dt", term), said);
    });
    return found;
  }

  function card(id, kept, origins) {
    var box = document.createElement("div"), close = made("button", "Close");
    box.id = id;
    box.className = "card";
    box.popover = "auto";
    box.setAttribute("role", "dialog");
    box.setAttribute("aria-label", "Where the figure comes from");
    origins.forEach(function (place) {
      var origin = kept.origins[place];
      var told = TERMS.map(function (term, at) { return kept.words[origin[at]]; });
      box.append(made("h3", told[0]), list(told, origin[TERMS.length]));
    });
    close.type = "button";
    close.className = "close";
    close.addEventListener("click", function () { box.hidePopover(); });
    box.append(close);
    return box;
  }

  var kept = {};
  var asked = {};

  // The file of a pair's sources hands over what it holds.
  state.sources = function (key, packed) {
    state.unpack(packed).then(function (found) {
      kept[key] = found;
      asked[key].forEach(function (then) { then(); });
      delete asked[key];
    });
  };

  function load(key, then) {
    if (kept[key]) return then();
    if (asked[key]) return asked[key].push(then);
    asked[key] = [then];
    return state.script("sources/" + key + ".js", function () { delete asked[key]; });
  }

  function show(id, key) {
    var found = kept[key], place = Number(id.slice(found.prefix.length));
    document.getElementById("pair").append(card(id, found, found.cards[place]));
    document.getElementById(id).showPopover();
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("button.source"), id = button && button.getAttribute("popovertarget"), key = state.shown;
    if (!button || document.getElementById(id)) return;
    event.preventDefault();
    load(key, function () {
      if (key === state.shown && !document.getElementById(id)) show(id, key);
    });
  });
})();
