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
  var NEAREST = 3;

  state.names = {};
  state.areas.forEach(function (area) {
    state.names[area.code] = area.name;
  });

  // A name within a sentence, where some have an article: "the United States", "the euro area".
  state.said = function (code) {
    return state.inText[code] || state.names[code];
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
      return { code: area.code, codes: [area.code.toLowerCase(), (area.iso2 || "").toLowerCase()].concat(area.numbers), name: folded(area.name), foreign: foreign.concat(area.also).map(folded) };
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

  // A name with its code behind it, as messages write both, is the name: Kazakhstan (KAZ).
  function withoutCode(typed) {
    var parts = typed.trim().match(/^(.+?)\s*\((\w+)\)$/);
    var isCode = parts && state.names[parts[2].toUpperCase()] && folded(state.names[parts[2].toUpperCase()]) === folded(parts[1]);
    return isCode ? parts[1] : typed;
  }

  function fitting(asked, first) {
    var typed = withoutCode(asked), said = folded(typed), code = typed.trim().toLowerCase();
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

  // How many letters are wrong, missing, too many or swapped with the next one; more than `most` is not counted on.
  function mistakes(typed, name, most) {
    if (Math.abs(typed.length - name.length) > most) return most + 1;
    var before = [], last = Array.from({ length: name.length + 1 }, function (_, at) { return at; });
    for (var i = 1; i <= typed.length; i += 1) {
      var next = [i];
      for (var j = 1; j <= name.length; j += 1) {
        next[j] = Math.min(last[j] + 1, next[j - 1] + 1, last[j - 1] + (typed[i - 1] === name[j - 1] ? 0 : 1));
        if (typed[i - 1] === name[j - 2] && typed[i - 2] === name[j - 1]) next[j] = Math.min(next[j], before[j - 2] + 1);
      }
      before = last;
      last = next;
    }
    return last[name.length];
  }

  // Whether each word typed is the beginning of that word of the name, as in S. Korea.
  function isShortened(typed, name) {
    var said = typed.split(" "), words = name.split(" ");
    return said.length > 1 && said.length === words.length && said.every(function (word, at) { return words[at].indexOf(word) === 0; });
  }

  // The areas whose names are nearest to what fits none: one mistake is allowed in a short name, two in a long one. A
  // browser calls a state that has ended by the name of its successor, so only its own name counts.
  function nearest(typed) {
    var said = folded(typed), most = said.length < 4 ? 0 : said.length < 8 ? 1 : 2;
    var found = answersTo().map(function (area) {
      var names = [area.name].concat(state.ended[area.code] ? [] : area.foreign);
      var apart = names.map(function (name) { return mistakes(said, name, most); });
      return { code: area.code, apart: isShortened(said, area.name) ? 0 : Math.min.apply(null, apart) };
    });
    var least = Math.min.apply(null, found.map(function (area) { return area.apart; }));
    return found.filter(function (area) { return least <= most && area.apart === least; }).slice(0, NEAREST).map(function (area) { return area.code; });
  }

  // `first` gives the codes that have figures, `pick` is told what was chosen, `say` what is to be read out: the line that
  // nothing is called so can be neither marked nor chosen, so no screen reader would come to it.
  state.box = function (input, list, first, pick, say) {
    var code = "", active = -1, listed = [], hasSaid = false;

    function readOut(words) {
      if (words || hasSaid) say(words);
      hasSaid = Boolean(words);
    }

    function close() {
      list.hidden = true;
      active = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
      readOut("");
    }

    function mark(at) {
      active = at;
      list.querySelectorAll("[data-code]").forEach(function (item, place) {
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

    function noneCalled(typed, near) {
      var made = document.createElement("li"), names = near.map(state.said);
      var either = [names.slice(0, -1).join(", "), names[names.length - 1]].filter(Boolean).join(" or ");
      made.setAttribute("role", "option");
      made.setAttribute("aria-disabled", "true");
      made.textContent = "No economy or group is called \u201c" + typed.trim().slice(0, 40) + "\u201d." + (either && " Did you mean " + either + "?");
      return made;
    }

    function open(typed) {
      var known = first();
      listed = fitting(typed, known);
      if (!typed) {
        listed = known.concat(listed.filter(function (one) { return known.indexOf(one) < 0; }));
      }
      listed = listed.slice(0, typed ? SHOWN : listed.length);
      var isFound = listed.length > 0;
      if (!isFound) listed = nearest(typed);
      list.replaceChildren.apply(list, listed.map(function (one, place) { return item(one, place, known.indexOf(one) >= 0); }));
      var none = isFound ? null : noneCalled(typed, listed);
      if (none) list.prepend(none);
      readOut(none ? none.textContent : "");
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
      } else if (key === "Tab" && !list.hidden && listed[active] && input.value !== state.names[code]) {
        choose(listed[active]); // what was typed would be lost with the focus
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
