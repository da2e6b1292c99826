// Pairs without a page of their own: what is known of them by year, from a file that holds some hundred of them.
(function () {
  "use strict";
  var state = window.entrepot;
  var kept = {};
  var asked = {};

  function made(tag, words, kind) {
    var element = document.createElement(tag);
    if (words) element.textContent = words;
    if (kind) element.className = kind;
    return element;
  }

  // The file that holds a pair; none where the release knows nothing of it.
  function fileOf(codes) {
    var file = (state.others[codes[0]] || []).filter(function (one) { return one[1].split(" ").indexOf(codes[1]) >= 0; })[0];
    return file && file[0];
  }

  state.isKnown = function (one, other) {
    return Boolean(fileOf([one, other].sort()));
  };

  // Calls `then` with what is known of goods or months of a pair without a figure of a whole year; "" where nothing is.
  var loose = null;
  state.looseOf = function (key, then) {
    if (!state.hasLoose) return then("");
    loose = loose || new Promise(function (found) {
      state.loose = function (packed) { found(state.unpack(packed)); };
      state.script("loose.js", function () { loose = null; then(""); });
    });
    return loose.then(function (known) { then(known[key] || ""); });
  };

  // With whom an area trades by this release, beside the pairs that have a page.
  state.knownWith = function (code) {
    var found = [];
    Object.keys(state.others).forEach(function (first) {
      state.others[first].forEach(function (file) {
        var seconds = file[1].split(" ");
        if (first === code) found = found.concat(seconds);
        else if (seconds.indexOf(code) >= 0) found.push(first);
      });
    });
    return found.sort(function (a, b) { return state.names[a] < state.names[b] ? -1 : 1; });
  };

  state.more = function (name, packed) {
    state.unpack(packed).then(function (pairs) {
      kept[name] = pairs;
      asked[name].forEach(function (then) { then(); });
      delete asked[name];
    });
  };

  function lead(codes, pair) {
    var head = made("h1"), figures = made("dl", "", "figures");
    head.append(state.sentence(state.said(codes[0])) + " ", made("span", "and", "and"), " " + state.said(codes[1]));
    pair.figures.forEach(function (told) {
      var box = made("div", "", "figure" + (told[4] === null ? "" : " side-" + told[4]) + (told[5] ? " missing" : ""));
      var value = made("dd");
      value.append(made("span", told[1], "big"), " ", made("span", told[2], "unit"), made("span", told[3], "note"));
      box.append(made("dt", told[0]), value);
      figures.append(box);
    });
    return [head, made("p", pair.headline, "sub"), figures];
  }

  function chart(codes, names, pair) {
    var rows = pair.years.map(function (year) {
      return { year: year[1], reporter: names[year[0]], turnover: year[2], exports: year[3], imports: year[4], whose: year[5], own: year[6],
        reported: year[7], source: year[8], growth_computed_pct: null, growth_printed_pct: null, note: null };
    });
    var what = rows.some(function (row) { return row.turnover !== null; }) ? "Total trade" : "Exports and imports";
    var title = what + " of " + codes.map(state.said).join(" and ");
    return { kind: "turnover", title: title + ", " + pair.unit_in_full, rows: rows, height: 360, setting: { names: names, unit: pair.unit, targets: [], events: [], title: title, what: what } };
  }

  function figure(name, told, isDrawn) {
    var box = made("figure", "", "chart wide"), draw = made("div", "", isDrawn ? "draw" : ""), takes = made("p", "", "takes");
    box.id = name;
    draw.dataset.chart = takes.dataset.chart = name;
    [["csv", "CSV"]].concat(isDrawn ? [["png", "PNG"], ["svg", "SVG"], ["embed", "Embed"]] : [], [["cite", "Cite"]]).forEach(function (form) {
      var button = made("button", form[1]);
      button.type = "button";
      button.dataset.take = form[0];
      button.setAttribute("aria-label", form[1] + ": " + told.title);
      takes.append(button);
    });
    if (isDrawn) {
      var view = made("button", "Table");
      view.type = "button";
      view.dataset.view = "";
      takes.prepend(view);
    } else draw.append(state.tableOf(told));
    draw.classList.toggle("scroll", !isDrawn);
    box.append(made("figcaption", told.title), draw, made("p", told.setting.unit ? told.setting.what + " by year in " + told.setting.unit + "." : "", "summary"), takes);
    return box;
  }

  function section(codes, told) {
    var part = made("section", "", "part"), say = made("div", "", "say"), show = made("div", "", "show"), title = made("h2", "Total trade by year");
    var years = told.rows.filter(function (row) { return row.turnover !== null; }).map(function (row) { return row.year; });
    var isDrawn = new Set(years).size > 1;
    part.id = "turnover";
    title.id = "turnover-title";
    part.setAttribute("aria-labelledby", title.id);
    say.append(title, made("p", "Exports plus imports, by the statistic of each side.", "standfirst"),
      made("p", "This is a short page. What is loaded of months, ranks, goods and both reports of the same trade, and the line of every figure, is in the warehouse:"),
      made("pre", "entrepot profile " + codes.join(" ")),
      made("p", isDrawn ? "A year without a report is not zero: no line runs through it. Hollow marks are figures of the other side or of a publisher\u2019s estimate."
        : "A figure that is not in the table is not known, which is not zero.", "rule"));
    show.append(figure("turnover-by-year", told, isDrawn));
    part.append(say, show);
    return part;
  }

  // What members of a group add up to, as tables; where nothing is added up, why.
  function members(told) {
    if (!told) return [];
    var part = made("section", "", "part"), say = made("div", "", "say"), show = made("div", "", "show"), title = made("h2", told.title);
    part.id = told.name;
    title.id = told.name + "-title";
    part.setAttribute("aria-labelledby", title.id);
    say.append(title);
    if (told.standfirst) say.append(made("p", told.standfirst, "standfirst"));
    told.said.forEach(function (sentence) { say.append(made("p", sentence)); });
    if (told.rule) {
      var rule = made("p", "", "rule");
      rule.append(made("strong", "How to read it."), " " + told.rule);
      say.append(rule);
    }
    told.tables.forEach(function (table, place) { show.append(summed(table, told.name + "-table-" + (place + 1))); });
    part.append(say, show);
    return [part];
  }

  function summed(told, name) {
    var box = made("details", "", "table"), scroll = made("div", "", "scroll"), table = made("table"), head = made("tr"), body = made("tbody"), top = made("thead");
    box.id = name;
    box.open = true;
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", told[0]);
    scroll.tabIndex = 0;
    told[1].forEach(function (words, place) {
      var cell = made("th", words, place ? "n" : "");
      cell.scope = "col";
      head.append(cell);
    });
    told[2].forEach(function (cells) {
      var row = made("tr");
      cells.forEach(function (cell, place) {
        var box = made(place ? "td" : "th", cell[0], place ? "n" + (cell[1] ? " missing" : "") : "");
        if (!place) box.scope = "row";
        row.append(box);
      });
      body.append(row);
    });
    top.append(head);
    table.append(top, body);
    scroll.append(table);
    box.append(made("summary", told[0]), scroll);
    return box;
  }

  // A map has a file of its own, which says its title and what is to be seen when it is there (views.js).
  function maps(codes) {
    var found = codes.filter(function (code) { return state.maps.indexOf(code) >= 0; });
    if (!found.length) return [];
    var part = made("section", "", "part"), say = made("div", "", "say"), show = made("div", "", "show"), title = made("h2", "Partners on the map");
    part.id = "partners";
    title.id = "partners-title";
    part.setAttribute("aria-labelledby", title.id);
    say.append(title, made("p", "Total trade with each partner, in one year.", "standfirst"),
      made("p", "Grey is an economy without a figure here, which is not zero.", "rule"));
    found.forEach(function (code) {
      var told = { title: "Partners of " + state.said(code), setting: {} }, one = figure("partners-of-" + code.toLowerCase(), told, true);
      one.dataset.late = one.querySelector(".draw").dataset.shared = "";
      show.append(one);
    });
    part.append(say, show);
    return [part];
  }

  // Calls `then` with the parts of the page of a pair; `told` is its chart.
  state.short = function (codes, then) {
    var first = codes.slice().sort(), name = fileOf(first);
    function make() {
      var ordered = codes.slice().sort(function (a, b) { return state.names[a] < state.names[b] ? -1 : 1; });
      var names = ordered.map(function (code) { return state.names[code]; }), pair = kept[name][first[1]], told = chart(ordered, names, pair);
      then({ lead: lead(ordered, pair), pair: (told.rows.length ? [section(ordered, told)] : []).concat(members(pair.members), maps(ordered)), charts: { "turnover-by-year": told } });
    }
    if (kept[name]) return make();
    if (asked[name]) return asked[name].push(make);
    asked[name] = [make];
    return state.script("more/" + name + ".js", function () { delete asked[name]; });
  };
})();
