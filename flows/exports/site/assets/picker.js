// Boxes in which a reader types a name, a code, or a name in another language, and picks from what fits.
(function () {
  "use strict";
  var state = window.entrepot;
  var LANGUAGES = [
    "ar", "az", "bg", "cs", "da", "de", "el", "es", "et", "fa", "fi", "fr", "he", "hi", "hr", "hu", "hy", "id", "it",
    "ja", "ka", "kk", "ko", "lt", "lv", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "th", "tr", "uk",
    "uz", "zh"
  ];
  var SHOWN = 40;

  state.names = {};
  state.areas.forEach(function (area) {
    state.names[area.code] = area.name;
  });

  // A name within a sentence, where some have an article: "the United States".
  state.said = function (code) {
    return (state.articles.indexOf(code) >= 0 ? "the " : "") + state.names[code];
  };

  state.sentence = function (text) {
    return text.charAt(0).toUpperCase() + text.slice(1);
  };

  // A name without what makes no difference to it: capitals, accents, apostrophes, hyphens, an article, the spelling of
  // an umlaut. flows/read/areas.py does the same for the terminal.
  function folded(text) {
    var letters = text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/\u00df/g, "ss");
    return letters.replace(/\p{Pd}/gu, " ").replace(/[^\p{L}\p{M}\p{N}\s]/gu, "").replace(/\s+/g, " ").replace(/^the | the$/, "").replace(/([aou])e/g, "$1").trim();
  }

  // What an area answers to: its name, those in lists of publishers, and those the browser knows its region by in other
  // languages.
  var spellings = null;
  function answersTo() {
    if (spellings) return spellings;
    var readers = LANGUAGES.map(function (language) {
      try {
        return new Intl.DisplayNames([language], { type: "region", fallback: "none" });
      } catch (error) {
        return null; // a browser without it still has names in English and codes
      }
    });
    spellings = state.areas.map(function (area) {
      var foreign = readers.map(function (reader) {
        try {
          return (reader && area.iso2 && reader.of(area.iso2.toUpperCase())) || "";
        } catch (error) {
          return "";
        }
      });
      return { code: area.code, codes: [area.code.toLowerCase(), (area.iso2 || "").toLowerCase()], name: folded(area.name), foreign: foreign.concat(area.also).map(folded) };
    });
    return spellings;
  }

  // How well an area fits what was typed: 0 is best, 9 not at all. A whole name, in whatever language, is better than the
  // beginning of one. `code` is what was typed as a code is written.
  function misfit(area, typed, code) {
    if (!code || area.codes.indexOf(code) >= 0 || area.name === typed) return 0;
    if (!typed) return 9;
    if (area.foreign.some(function (name) { return name === typed; })) return 1;
    if (area.name.indexOf(typed) === 0) return 2;
    if (area.name.indexOf(" " + typed) >= 0) return 3;
    if (area.foreign.some(function (name) { return name.indexOf(typed) === 0; })) return 4;
    if (typed.length > 2 && area.name.indexOf(typed) >= 0) return 5;
    return 9;
  }

  function fitting(typed, first) {
    var said = folded(typed), code = typed.trim().toLowerCase();
    var found = answersTo()
      .map(function (area, place) { return { code: area.code, misfit: misfit(area, said, code), place: place }; })
      .filter(function (area) { return area.misfit < 9; });
    found.forEach(function (area) {
      area.lacks = first.indexOf(area.code) < 0 ? 1 : 0;
    });
    found.sort(function (a, b) {
      return a.misfit - b.misfit || a.lacks - b.lacks || a.place - b.place;
    });
    return found.map(function (area) { return area.code; });
  }

  // `first` gives the codes that have figures, `pick` is told what was chosen.
  state.box = function (input, list, first, pick) {
    var code = "", active = -1, listed = [];

    function close() {
      list.hidden = true;
      active = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    function mark(at) {
      active = at;
      Array.prototype.forEach.call(list.children, function (item, place) {
        item.setAttribute("aria-selected", String(place === at));
        if (place === at) {
          input.setAttribute("aria-activedescendant", item.id);
          item.scrollIntoView({ block: "nearest" });
        }
      });
    }

    function item(one, place, has) {
      var made = document.createElement("li");
      made.id = list.id + "-" + place;
      made.setAttribute("role", "option");
      made.dataset.code = one;
      made.textContent = state.names[one];
      var beside = document.createElement("span");
      beside.textContent = has ? one : one + " \u00b7 no figures here";
      made.appendChild(beside);
      return made;
    }

    function open(typed) {
      var known = first();
      listed = fitting(typed, known);
      if (!typed) {
        listed = known.concat(listed.filter(function (one) { return known.indexOf(one) < 0; }));
      }
      listed = listed.slice(0, typed ? SHOWN : listed.length);
      list.replaceChildren.apply(list, listed.map(function (one, place) { return item(one, place, known.indexOf(one) >= 0); }));
      if (!listed.length) {
        var none = document.createElement("li");
        none.setAttribute("role", "option");
        none.setAttribute("aria-disabled", "true");
        none.textContent = "No economy or group of this name";
        list.appendChild(none);
      }
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      mark(listed.length && typed ? 0 : -1);
    }

    function choose(one) {
      set(one);
      close();
      pick(one);
    }

    function set(one) {
      code = one;
      input.value = state.names[one] || "";
    }

    input.addEventListener("focus", function () {
      input.select();
    });
    input.addEventListener("click", function () {
      if (list.hidden) open("");
    });
    input.addEventListener("input", function () {
      open(input.value);
    });
    input.addEventListener("keydown", function (event) {
      var key = event.key;
      if (key === "ArrowDown" || key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) return open("");
        var step = key === "ArrowDown" ? 1 : -1;
        if (listed.length) mark((active + step + listed.length) % listed.length);
      } else if (key === "Enter") {
        event.preventDefault();
        if (!list.hidden && listed[active]) choose(listed[active]);
      } else if (key === "Escape" && !list.hidden) {
        event.stopPropagation();
        set(code);
        close();
      }
    });
    input.addEventListener("blur", function () {
      set(code);
      close();
    });
    list.addEventListener("mousedown", function (event) {
      event.preventDefault(); // the box keeps the focus, so that its list is still there for the click
    });
    list.addEventListener("click", function (event) {
      var chosen = event.target.closest("li");
      if (chosen && chosen.dataset.code) choose(chosen.dataset.code);
    });
    return { set: set, code: function () { return code; } };
  };
})();
