// One function per kind of chart: data and width in, a Vega-Lite or Vega specification out. Colours are those of page.css.
(function () {
  "use strict";
  var specs = {};
  window.entrepot.specs = specs;
  var CROSS = "M-1,-1L1,1M1,-1L-1,1";
  var CROSSES = "\u00d7 no own total"; // what the crosses below a chart of totals mean: one flow may be reported

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  }

  function config() {
    var font = colour("sans");
    return {
      background: null,
      customFormatTypes: true,
      font: font,
      padding: 0,
      view: { stroke: null },
      axis: {
        labelFont: font, titleFont: font, labelFontSize: 12, titleFontSize: 12, titleFontWeight: 400,
        labelColor: colour("soft"), titleColor: colour("soft"), gridColor: colour("line"), domain: false,
        tickColor: colour("line"), labelPadding: 6, tickSize: 4
      },
      axisY: { grid: true, ticks: false, titleAngle: 0, titleAlign: "left", titleAnchor: "start", titleX: 0, titleY: -14, titleBaseline: "bottom" },
      axisX: { grid: false },
      text: { font: font, fontSize: 12, fill: colour("ink") }
    };
  }

  function view(chart, width, layers, more) {
    return Object.assign(
      {
        $schema: "https://vega.github.io/schema/vega-lite/v6.json",
        width: width, height: chart.height, autosize: { type: "fit", contains: "padding", resize: false },
        padding: { left: 0, top: 22, right: 4, bottom: 0 }, config: config(), layer: layers
      },
      more || {}
    );
  }

  function sides(setting) {
    return { domain: setting.names, range: [colour("one"), colour("two")] };
  }

  function sideInks(setting) {
    return { domain: setting.names, range: [colour("one-ink"), colour("two-ink")] };
  }

  // Steps of 1, 2 or 5 from zero up to a maximum.
  function steps(most, about) {
    var rough = most / about, power = Math.pow(10, Math.floor(Math.log10(rough)));
    var step = [1, 2, 5, 10].map(function (n) { return n * power; }).filter(function (n) { return n >= rough; })[0];
    var found = [];
    for (var value = 0; value <= most + step * 0.001; value += step) found.push(value);
    return found;
  }

  function most(values) {
    return values.reduce(function (a, b) { return b !== null && b > a ? b : a; }, 0);
  }

  // Numbers rows so that a line joins only neighbours: a gap starts a new run.
  function runs(rows, joins) {
    var last = {}, run = 0;
    return rows.map(function (row) {
      var before = last[row.reporter];
      if (!before || !joins(before, row)) run += 1;
      var made = Object.assign({}, row, { run: before && joins(before, row) ? before.run : run });
      last[row.reporter] = made;
      return made;
    });
  }

  function lasts(rows) {
    var found = {};
    rows.forEach(function (row) { found[row.reporter] = row; });
    return Object.keys(found).map(function (name) { return found[name]; });
  }

  function yearTicks(from, to, width) {
    var every = [1, 2, 5, 10, 20].filter(function (n) { return (to - from) / n <= width / 55; })[0] || 20;
    var found = [];
    for (var year = Math.ceil(from / every) * every; year <= to; year += every) found.push(year);
    return found;
  }

  // Pixels that the longest name takes beside the last mark.
  function labelRoom(names) {
    return 26 + 7.6 * Math.max.apply(null, names.map(function (name) { return name.length; }));
  }

  // Years on a scale of milliseconds: UTC, as the periods are.
  function yearAxis(from, to, width) {
    var years = yearTicks(new Date(from).getUTCFullYear(), new Date(to).getUTCFullYear() + 1, width);
    var values = years.map(function (year) { return Date.UTC(year, 0, 1); }).filter(function (at) { return at >= from && at <= to; });
    return { values: values, labelExpr: "utcFormat(datum.value, '%Y')", title: null };
  }

  // A line of what a mark says when pointed at; `form` is that of `figure`.
  function tip(field, title, form) {
    var told = { field: field, title: title, type: form ? "quantitative" : "nominal" };
    return form ? Object.assign(told, { format: form, formatType: "figure" }) : told;
  }

  // A number in a drawing as tables and sentences have it: "2" has two decimals, "1+" one and its sign.
  function figure(value, form) {
    return value === null || value === undefined ? null : window.entrepot.number(value, parseInt(form, 10), form.slice(-1) === "+");
  }

  window.entrepot.embed = function (box, spec, more) {
    return window.vegaEmbed(box, spec, Object.assign({ actions: false, ast: true, expressionFunctions: { figure: figure } }, more));
  };

  // Channels on one scale: layers without it would widen the domain.
  function channels(type, scale, axis) {
    function on(field) {
      return { field: field, type: type, scale: Object.assign({ nice: false, zero: false }, scale), axis: axis };
    }
    on.at = function (value) {
      return { datum: value, type: type, scale: Object.assign({ nice: false, zero: false }, scale), axis: axis };
    };
    return on;
  }

  specs.turnover = function (chart, width) {
    var setting = chart.setting, narrow = width < 520;
    var rows = chart.rows.filter(function (row) { return row.turnover !== null; });
    var own = runs(rows.filter(function (row) { return row.own; }), function (a, b) { return b.year === a.year + 1; });
    var foreign = rows.filter(function (row) { return !row.own; });
    var years = chart.rows.map(function (row) { return row.year; });
    var from = Math.min.apply(null, years), to = Math.max.apply(null, years);
    var targets = setting.targets.map(function (target) {
      return Object.assign({}, target, { to: Math.max.apply(null, target.due.concat([target.from + 1])) });
    });
    var end = Math.max(to, most(targets.map(function (target) { return target.to; })));
    var beside = Math.max(labelRoom(setting.names), 26 + 5.6 * CROSSES.length); // pixels right of the last year
    var room = beside * (end - from + 1) / (width - beside);
    var top = most(rows.map(function (row) { return row.turnover; }).concat(targets.map(function (t) { return t.value; }))) || 1;
    var ticks = steps(top, 6), lane = top * 0.05;
    var named = [];  // levels with a label above: those whose label meets no other one and no crowd of marks near zero
    targets.slice().reverse().forEach(function (target) {
      var meets = named.some(function (other) {
        return Math.abs(other.value - target.value) < top * 0.06 && Math.abs(other.from - target.from) < room;
      });
      if (!meets && target.value > top * 0.12) named.push(target);
    });
    var beyond = targets.filter(function (target) { return named.indexOf(target) < 0; }); // the others have theirs at the end
    var silent = unreported(chart.rows, setting.names, from, to).map(function (row) {
      return Object.assign({ lane: -lane * (row.reporter === setting.names[0] ? 1 : 2) }, row);
    });
    var x = channels("quantitative", { domain: [from - 0.5, end + 0.5 + room] }, { format: "d", values: yearTicks(from, end, width), title: null });
    var y = channels("quantitative", { domain: [-lane * 2.6, top * 1.1] }, { values: ticks, title: setting.unit, format: ",~f" });
    var tips = [tip("reporter", "By"), tip("year", "Year"), tip("turnover", setting.unit, "2"), tip("whose", "Whose figure"),
      tip("growth_computed_pct", "Growth computed, %", "1+"), tip("growth_printed_pct", "Growth printed, %", "1+"), tip("note", "State")];
    var fill = { field: "reporter", type: "nominal", scale: sides(setting), legend: null };
    return view(chart, width, [
      hoverable(chart.rows, setting.names, "turnover", function (row) { return [row.year - 0.5, row.year + 0.5, String(row.year)]; }, x, y.at(-lane * 2.6), y.at(top * 1.1)),
      { data: { values: [{}] }, mark: { type: "rule", color: colour("soft"), strokeWidth: 1, aria: false }, encoding: { y: y.at(0) } },
      { data: { values: setting.events }, mark: { type: "tick", orient: "vertical", size: 10, thickness: 1.2, color: colour("soft"), opacity: 0.75, aria: false },
        encoding: { x: x("year"), y: y.at(top * 1.075),
          tooltip: [tip("on", "On"), tip("name", "Event"), tip("by", "By")] } },
      { data: { values: setting.events.slice(0, 1) }, mark: { type: "text", align: "left", baseline: "bottom", dy: -8, fontSize: 11, fill: colour("soft"), text: "events", aria: false },
        encoding: { x: x("year"), y: y.at(top * 1.075) } },
      { data: { values: targets }, mark: { type: "rule", strokeDash: [2, 3], color: colour("target"), strokeWidth: 1.4, aria: false },
        encoding: { x: x("from"), x2: { field: "to" }, y: y("value") } },
      { data: { values: named.map(function (t) { return { from: t.from, value: t.value, text: (narrow ? "" : "target ") + t.value.toLocaleString("en") }; }) },
        mark: { type: "text", align: "left", dy: -7, fontSize: 11, fill: colour("target"), aria: false },
        encoding: { x: x("from"), y: y("value"), text: { field: "text" } } },
      { data: { values: own }, mark: { type: "line", strokeWidth: 2, aria: false },
        encoding: { x: x("year"), y: y("turnover"), color: fill, detail: { field: "run" } } },
      { data: { values: own }, mark: { type: "point", filled: true, size: narrow ? 22 : 40, opacity: 1, aria: false },
        encoding: { x: x("year"), y: y("turnover"), color: fill, tooltip: tips } },
      { data: { values: foreign }, mark: { type: "point", filled: false, size: narrow ? 70 : 130, strokeWidth: 1.6, opacity: 1, aria: false },
        encoding: { x: x("year"), y: y("turnover"), color: fill, tooltip: tips } },
      { data: { values: silent }, mark: { type: "point", shape: CROSS, size: narrow ? 14 : 22, filled: false, strokeWidth: 1.6, opacity: 1, aria: false },
        encoding: { x: x("year"), y: y("lane"), color: fill, tooltip: [tip("reporter", "By"), tip("year", "Year"), tip("note", "State")] } },
      { data: { values: silent.length ? [{ year: end + 0.6 }] : [] }, mark: { type: "text", align: "left", fontSize: 11, fill: colour("soft"), text: CROSSES, aria: false },
        encoding: { x: x("year"), y: y.at(-lane * 1.5) } },
      haloed({ data: { values: beyond.map(function (t) { return { to: t.to, value: t.value, text: t.value.toLocaleString("en") }; }) },
        mark: { type: "text", align: "left", dx: 3, fontSize: 11, aria: false },
        encoding: { x: x("to"), y: y("value"), text: { field: "text" }, color: { value: colour("target") } } }),
      haloed({ data: { values: apart(lasts(own), "turnover", top * 0.06) }, mark: { type: "text", align: "left", dx: 9, fontSize: 13, fontWeight: 600, aria: false },
        encoding: { x: x("year"), y: y("at"), text: { field: "reporter" }, color: { field: "reporter", type: "nominal", scale: sideInks(setting), legend: null } } })
    ], { resolve: { scale: { color: "independent" } } });
  };

  // The years from first to last in which a side has no total of its own, whether the release has a row of the year or not.
  function unreported(rows, names, from, to) {
    var found = [];
    names.forEach(function (name) {
      for (var year = from; year <= to; year += 1) {
        var row = rows.filter(function (one) { return one.reporter === name && one.year === year; })[0];
        if (!row || !row.reported) found.push(row || { reporter: name, year: year, note: "No report is loaded." });
      }
    });
    return found;
  }

  // Bands that cannot be seen, one a period: whoever points anywhere at it reads what both sides say.
  function hoverable(rows, names, field, span, x, below, above) {
    var bands = {};
    rows.forEach(function (row) {
      var at = span(row), band = bands[at[2]] || (bands[at[2]] = { starts: at[0], ends: at[1], when: at[2] });
      var side = names.indexOf(row.reporter), value = row[field];
      band["side" + side] = value === null ? "not reported" : window.entrepot.number(value, 2) + (row.own === false ? " (not its own report)" : "");
    });
    var values = Object.keys(bands).map(function (when) { return bands[when]; });
    return { data: { values: values }, mark: { type: "rect", opacity: 0, aria: false },
      encoding: { x: x("starts"), x2: { field: "ends" }, y: below, y2: above,
        tooltip: [tip("when", "Period"), tip("side0", names[0]), tip("side1", names[1])] } };
  }

  // A text layer with the paper's colour behind its letters, so that marks do not run through them.
  function haloed(layer) {
    var behind = JSON.parse(JSON.stringify(layer));
    delete behind.encoding.color;
    Object.assign(behind.mark, { fill: colour("paper"), stroke: colour("paper"), strokeWidth: 4, strokeJoin: "round" });
    return { layer: [behind, layer] };
  }

  // Moves labels apart that would lie on each other.
  function apart(rows, field, least) {
    var sorted = rows.map(function (row) { return Object.assign({}, row, { at: row[field] }); })
      .sort(function (a, b) { return a.at - b.at; });
    for (var i = 1; i < sorted.length; i += 1) {
      if (sorted[i].at - sorted[i - 1].at < least) sorted[i].at = sorted[i - 1].at + least;
    }
    return sorted;
  }

  specs.months = function (chart, width) {
    var setting = chart.setting, day = 86400000;
    var rows = chart.rows.filter(function (row) { return row.a_month !== null; }).map(function (row) {
      var start = Date.parse(row.start), end = Date.parse(row.end) + day;
      return Object.assign({}, row, { from: start, to: end, starts: start, ends: end, middle: (start + end) / 2 });
    });
    rows = runs(rows, function (a, b) { return b.from - a.to < 2 * day; });
    var top = most(rows.map(function (row) { return row.a_month; })) || 1;
    var from = Math.min.apply(null, rows.map(function (row) { return row.from; }));
    var to = most(rows.map(function (row) { return row.to; }));
    var room = labelRoom(setting.names) * (to - from) / (width - labelRoom(setting.names));
    var fill = { field: "reporter", type: "nominal", scale: sides(setting), legend: null };
    var x = channels("quantitative", { domain: [from, to + room] }, yearAxis(from, to, width));
    var y = channels("quantitative", { domain: [0, top * 1.05] }, { values: steps(top, 5), title: setting.unit + " a month", format: ",~f" });
    var tips = [tip("reporter", "By"), tip("period", "Period"), tip("turnover", setting.unit, "2"), tip("a_month", "A month", "2"),
      tip("growth_pct", "On a year before, %", "1+"), tip("note", "State")];
    return view(chart, width, [
      { data: { values: [{}] }, mark: { type: "rule", color: colour("soft"), strokeWidth: 1, aria: false }, encoding: { y: y.at(0) } },
      { data: { values: rows }, mark: { type: "line", strokeWidth: 1, opacity: 0.55, aria: false }, encoding: { x: x("middle"), y: y("a_month"), color: fill, detail: { field: "run" } } },
      { data: { values: rows }, mark: { type: "rule", strokeWidth: 4, aria: false },
        encoding: { x: x("starts"), x2: { field: "ends" }, y: y("a_month"), color: fill, tooltip: tips } },
      haloed({ data: { values: apart(lasts(rows), "a_month", top * 0.07) }, mark: { type: "text", align: "left", dx: 12, fontSize: 13, fontWeight: 600, aria: false },
        encoding: { x: x("middle"), y: y("at"), text: { field: "reporter" }, color: { field: "reporter", type: "nominal", scale: sideInks(setting), legend: null } } })
    ], { resolve: { scale: { color: "independent" } } });
  };

  specs.rank = function (chart, width) {
    var rows = chart.rows.map(function (row) { return Object.assign({ upper: row.best - 0.4, lower: row.worst + 0.4 }, row); });
    var placed = rows.filter(function (row) { return row.best !== null && !row.is_open; });
    var is = chart.setting.names.indexOf(chart.setting.reporter) === 0 ? "two" : "one";
    var ink = colour(is), deepest = most(placed.map(function (row) { return row.worst; }));
    var bottom = Math.max(5, deepest) * 1.12 + 0.6;
    // what trade without a named partner adds may be many places, and is cut where the drawing ends
    placed.forEach(function (row) {
      row.shortest = Math.min(row.upper, row.best_if_unallocated - 0.4);
      row.longest = Math.min(Math.max(row.lower, row.worst_if_unallocated + 0.4), bottom);
    });
    var years = rows.map(function (row) { return row.year; });
    var from = Math.min.apply(null, years), to = Math.max.apply(null, years);
    var x = channels("quantitative", { domain: [from - 0.6, to + 0.6] }, { format: "d", values: yearTicks(from, to, width), title: null });
    var wide = Math.max(3, Math.min(14, width / (to - from + 2) * 0.5));
    var ticks = [1].concat(steps(Math.max(5, deepest), 4).filter(function (n) { return n > 1 && n === Math.round(n); }));
    var y = channels("quantitative", { domain: [bottom, 0.3] }, { values: ticks, title: "place, 1 is the largest partner", format: "d" });
    var tips = [tip("year", "Year"), tip("best_if_unallocated", "Best possible place", "0"), tip("worst_if_unallocated", "Worst possible place", "0"),
      tip("best", "Best among named partners", "0"), tip("worst", "Worst among named partners", "0"), tip("partners", "Partners", "0"),
      tip("observed", "Reported", "0"), tip("bounded", "Within a bound", "0"), tip("mirror_only", "By their own statistic only", "0"), tip("missing", "No report loaded", "0"), tip("note", "In words")];
    function crosses(which, tooltip) {
      return { data: { values: rows.filter(which) }, mark: { type: "point", shape: CROSS, filled: false, strokeWidth: 1.6, color: colour("soft"), size: 34, aria: false },
        encoding: { x: x("year"), y: y.at(bottom * 0.97), tooltip: tooltip } };
    }
    return view(chart, width, [
      { data: { values: placed.filter(function (row) { return row.longest > row.lower || row.shortest < row.upper; }) }, mark: { type: "rule", color: ink, strokeWidth: 1.2, aria: false },
        encoding: { x: x("year"), y: y("shortest"), y2: { field: "longest" }, tooltip: tips } },
      { data: { values: placed.filter(function (row) { return !row.certain && !row.rests_on_others; }) }, mark: { type: "bar", width: wide, color: ink, opacity: 0.42, cornerRadius: 2, aria: false },
        encoding: { x: x("year"), y: y("upper"), y2: { field: "lower" }, tooltip: tips } },
      { data: { values: placed.filter(function (row) { return !row.certain && row.rests_on_others; }) }, mark: { type: "bar", width: wide, color: ink, fillOpacity: 0.06, stroke: ink, strokeWidth: 1.2, strokeOpacity: 0.8, cornerRadius: 2, aria: false },
        encoding: { x: x("year"), y: y("upper"), y2: { field: "lower" }, tooltip: tips } },
      { data: { values: placed.filter(function (row) { return row.certain && !row.rests_on_others; }) }, mark: { type: "point", filled: true, color: ink, size: 60, opacity: 1, aria: false },
        encoding: { x: x("year"), y: y("best"), tooltip: tips } },
      { data: { values: placed.filter(function (row) { return row.certain && row.rests_on_others; }) }, mark: { type: "point", filled: true, fill: colour("paper"), stroke: ink, strokeWidth: 1.6, size: 52, opacity: 1, aria: false },
        encoding: { x: x("year"), y: y("best"), tooltip: tips } },
      crosses(function (row) { return row.best === null; }, [tip("year", "Year"), tip("note", "In words")]),
      crosses(function (row) { return row.best !== null && row.is_open; }, tips)
    ]);
  };

  specs.gap = function (chart, width) {
    var setting = chart.setting, rows = chart.rows;
    var ink = colour(setting.names.indexOf(setting.reporter) === 0 ? "one" : "two");
    var known = rows.filter(function (row) { return row.gap !== null; });
    var years = rows.map(function (row) { return row.year; });
    var from = Math.min.apply(null, years), to = Math.max.apply(null, years);
    var x = channels("quantitative", { domain: [from - 0.7, to + 0.7] }, { format: "d", values: yearTicks(from, to, width), title: null });
    var y = channels("quantitative", { nice: true, zero: true }, { title: setting.unit + ", + where the importer reports more", tickCount: 5, labelExpr: "datum.value === 0 ? '0' : format(datum.value, '+,~f')" });
    var tips = [tip("year", "Year"), tip("exporter_report", "Exporter", "2"), tip("importer_report", "Importer", "2"),
      tip("importer_report_fob", "Importer less freight", "2"), tip("gap", "Gap", "2+"), tip("gap_of_mean_pct", "Of the mean, %", "1+"), tip("known_causes", "Known causes")];
    return view(chart, width, [
      { data: { values: known }, mark: { type: "bar", width: Math.max(3, Math.min(18, width / (to - from + 2) * 0.6)), color: ink, aria: false }, encoding: { x: x("year"), y: y("gap"), tooltip: tips } },
      { data: { values: [{}] }, mark: { type: "rule", color: colour("soft"), strokeWidth: 1, aria: false }, encoding: { y: y.at(0) } },
      { data: { values: rows.filter(function (row) { return row.gap === null; }) }, mark: { type: "point", shape: CROSS, filled: false, strokeWidth: 1.6, color: colour("soft"), size: 30, aria: false },
        encoding: { x: x("year"), y: y.at(0), tooltip: [tip("year", "Year"), tip("reports", "Reports")] } }
    ]);
  };

  // "RUB and CNY together" beside a mark is RUB + CNY.
  function brief(currency) {
    return currency.replace(/ and /g, " + ").replace(" together", "");
  }

  specs.settlement = function (chart, width) {
    var rows = chart.rows.map(function (row) { return Object.assign({}, row, { at: (Date.parse(row.start) + Date.parse(row.end)) / 2 }); });
    var from = Math.min.apply(null, rows.map(function (row) { return row.at; })), to = most(rows.map(function (row) { return row.at; }));
    var span = Math.max(to - from, 31536000000);
    var names = chart.setting.currencies, room = labelRoom(rows.map(function (row) { return brief(row.currency); })), range = ["green", "purple", "gold", "sky", "soft", "ink"].map(colour);
    var x = channels("quantitative", { domain: [from - span * 0.03, to + span * room / (width - room)] }, yearAxis(from, to, width));
    var y = channels("quantitative", { domain: [0, 105] }, { values: [0, 25, 50, 75, 100], title: "percent" });
    var hue = { field: "currency", type: "nominal", scale: { domain: names, range: range }, legend: null };
    var shape = { field: "currency", type: "nominal", scale: { domain: names, range: ["circle", "square", "triangle-up", "diamond", "triangle-down", "cross"] }, legend: null };
    var ends = {};
    rows.forEach(function (row) { if (!ends[row.currency] || ends[row.currency].at <= row.at) ends[row.currency] = row; });
    var labels = apart(Object.keys(ends).map(function (name) { 
      return Object.assign({ where: ends[name].at, label: brief(name) }, ends[name]);
    }), "share_pct", 7);
    return view(chart, width, [
      { data: { values: rows.filter(function (row) { return row.share_pct_min !== row.share_pct_max; }) }, mark: { type: "rule", strokeWidth: 2, opacity: 0.5, aria: false },
        encoding: { x: x("at"), y: y("share_pct_min"), y2: { field: "share_pct_max" }, color: hue } },
      { data: { values: rows }, mark: { type: "point", filled: true, size: 60, opacity: 0.95, aria: false },
        encoding: { x: x("at"), y: y("share_pct"), color: hue, shape: shape, tooltip: [tip("period", "Period"), tip("currency", "Currency"), tip("share_pct", "Share, %", "1"), tip("scope", "Of what")] } },
      haloed({ data: { values: labels }, mark: { type: "text", align: "left", dx: 9, fontWeight: 600, fill: colour("ink"), aria: false },
        encoding: { x: x("where"), y: y("at"), text: { field: "label" } } })
    ]);
  };

  specs.coverage = function (chart, width) {
    var years = chart.rows.map(function (row) { return row.year; });
    var from = Math.min.apply(null, years), to = Math.max.apply(null, years), grid = [], fullest = most(chart.rows.map(function (row) { return row.reporters; }));
    var names = chart.rows.map(function (row) { return row.label; }).filter(function (n, at, every) { return every.indexOf(n) === at; });
    var key = [1, Math.round(fullest / 2), fullest].filter(function (n, at, every) { return n > 0 && every.indexOf(n) === at; });
    function cell(row) {
      var at = names.indexOf(row.label);
      return Object.assign({ left: row.year - 0.44, right: row.year + 0.44, upper: at + 0.5, lower: at + 0.92 }, row);
    }
    names.forEach(function (name) { for (var year = from; year <= to; year += 1) grid.push(cell({ label: name, year: year })); });
    var x = channels("quantitative", { domain: [from - 0.5, to + 0.5] }, { format: "d", values: yearTicks(from, to, width), title: null });
    var y = channels("quantitative", { domain: [names.length, 0] }, null);
    var place = { x: x("left"), x2: { field: "right" }, y: y("upper"), y2: { field: "lower" } };
    // a name wider than the drawing would have the cells made smaller to fit it in
    var wide = Math.min(width, Math.max(560, 70 * (to - from + 1)));
    return view(chart, wide, [
      { data: { values: grid }, mark: { type: "rect", fill: colour("empty"), aria: false }, encoding: place },
      { data: { values: chart.rows.map(cell) }, mark: { type: "rect", fill: colour("green"), aria: false },
        encoding: Object.assign({ opacity: { field: "reporters", type: "quantitative", scale: { type: "sqrt", domain: [0, fullest], range: [0.35, 1] },
          legend: { orient: "bottom", direction: "horizontal", title: "reporters in a year (grey: no dataset)", values: key, symbolType: "square", symbolSize: 130, symbolFillColor: colour("green"), symbolStrokeWidth: 0,
            titleFontWeight: 400, titleLimit: width, titleColor: colour("soft"), labelColor: colour("soft"), titleFont: colour("sans"), labelFont: colour("sans") } },
          tooltip: [tip("publisher", "Publisher"), tip("year", "Year"), tip("reporters", "Reporters", "0"), tip("periods", "Periods", "0")] }, place) },
      { data: { values: names.map(function (name, at) { return { name: name, at: at + 0.42, year: from - 0.44 }; }) },
        mark: { type: "text", align: "left", baseline: "bottom", limit: wide, fill: colour("ink"), aria: false }, encoding: { x: x("year"), y: y("at"), text: { field: "name" } } }
    ]);
  };

  // Limits of classes from the largest value down, each a round number about a third of the one before.
  function classes(top) {
    var found = [], power = Math.pow(10, Math.ceil(Math.log10(top)));
    for (var at = power; found.length < 5; at /= 10) [5, 2].forEach(function (n) { if (n * at <= top && found.length < 5) found.unshift(n * at); });
    return found;
  }

  // An amount and whose figure it is: `462.62 (partner's)`.
  function amount(value, whose) {
    return value === null ? "no figure" : window.entrepot.number(value, 2) + " (" + whose + ")";
  }

  specs.partners = function (chart, width) {
    var setting = chart.setting, world = window.entrepot.world, wide = Math.min(width, 720), tall = Math.round(wide * 0.47), by = {};
    var ink = colour(window.entrepot.isSecond(setting.area) ? "two" : "one");
    var limits = classes(most(chart.rows.map(function (row) { return row.total; })) || 1);
    var labels = limits.map(function (limit, at) { return at ? limits[at - 1] + " to " + limit : "under " + limit; }).concat([limits[limits.length - 1] + " and more"]);
    chart.rows.forEach(function (row) {
      var told = { total: amount(row.total, row.whose), exports: amount(row.exports, row.exports_whose), imports: amount(row.imports, row.imports_whose) };
      by[row.code] = Object.assign({ told: told, class: labels[limits.filter(function (limit) { return row.total >= limit; }).length] }, row);
    });
    var shapes = world.objects.economies.geometries.map(function (shape) {
      return Object.assign({}, shape, { properties: Object.assign({ here: shape.id === setting.area }, by[shape.id]) });
    });
    var outlines = Object.assign({}, world, { objects: { economies: { type: "GeometryCollection", geometries: shapes } } });
    var dots = Object.keys(world.points).filter(function (code) { return by[code]; }).map(function (code) {
      return { lon: world.points[code][0], lat: world.points[code][1], properties: by[code] };
    });
    var hue = { field: "properties.class", type: "ordinal", sort: null,
      scale: { domain: labels, range: [0.26, 0.38, 0.5, 0.66, 0.82, 1].map(function (part) { return mixed(ink, colour("paper"), part); }) },
      legend: { orient: "bottom", direction: "horizontal", columns: wide < 520 ? 2 : 6, symbolType: "square", symbolSize: 130, title: setting.unit + " (grey: no figure; outlined grey: the reporter)",
        titleFontWeight: 400, titleLimit: wide, titleColor: colour("soft"), labelColor: colour("soft"), titleFont: colour("sans"), labelFont: colour("sans") } };
    var tips = [tip("properties.partner", "Partner"), tip("properties.told.total", "Total, " + setting.unit), tip("properties.told.exports", "Exports"),
      tip("properties.told.imports", "Imports")];
    var data = { values: outlines, format: { type: "topojson", feature: "economies" } };
    var made = view(chart, wide, [
      { data: data, mark: { type: "geoshape", fill: colour("empty"), stroke: colour("paper"), strokeWidth: 0.5, aria: false } },
      { data: data, transform: [{ filter: "isValid(datum.properties.total)" }], mark: { type: "geoshape", stroke: colour("paper"), strokeWidth: 0.5, aria: false }, encoding: { color: hue, tooltip: tips } },
      { data: data, transform: [{ filter: "datum.properties.here" }], mark: { type: "geoshape", fill: colour("soft"), stroke: colour("ink"), strokeWidth: 1, aria: false } },
      { data: { values: dots }, mark: { type: "circle", size: 34, opacity: 1, stroke: colour("soft"), strokeWidth: 0.6, aria: false },
        encoding: { longitude: { field: "lon", type: "quantitative" }, latitude: { field: "lat", type: "quantitative" }, color: hue, tooltip: tips } }
    ], { projection: { type: "equalEarth" } });
    made.height = tall;
    made.autosize = { type: "pad" };
    return made;
  };

  // `part` of one colour in another.
  function mixed(one, other, part) {
    function parse(hex) { return [1, 3, 5].map(function (at) { return parseInt(hex.slice(at, at + 2), 16); }); }
    var a = parse(one), b = parse(other);
    return "rgb(" + a.map(function (value, at) { return Math.round(value * part + b[at] * (1 - part)); }).join(",") + ")";
  }

  specs.changes = function (chart, width) {
    var top = most(chart.rows.map(function (row) { return row.figures; })) || 1;
    var x = { field: "figures", type: "quantitative", scale: { domain: [0, top * 1.25] }, axis: null };
    var y = { field: "cause", type: "nominal", sort: null, axis: { title: null, grid: false, labelColor: colour("ink"), labelFontSize: 13 } };
    return view(chart, Math.min(width, 640), [
      { data: { values: chart.rows }, mark: { type: "bar", height: 18, color: colour("green"), cornerRadiusEnd: 2, aria: false }, encoding: { x: x, y: y, tooltip: [tip("cause", "Cause"), tip("figures", "Figures", "0")] } },
      { data: { values: chart.rows }, mark: { type: "text", align: "left", dx: 6, aria: false }, encoding: { x: x, y: y, text: { field: "figures", type: "quantitative", format: "0", formatType: "figure" } } }
    ]);
  };

  // Goods by size, where tiles would mislead. The width of the chart is the whole flow, or the goods where nobody tells it.
  specs.ranking = function (chart, width) {
    var rows = chart.rows.filter(function (row) { return !row.not_broken_down; }).slice(0, 12);
    var ink = colour(chart.setting.side === 0 ? "one" : "two");
    var whole = chart.setting.whole || chart.rows.reduce(function (sum, row) { return sum + row.value; }, 0) || 1, each = 38;
    var laid = rows.map(function (row, at) { return Object.assign({ zero: 0, upper: at + 0.52, lower: at + 0.86, label: at + 0.3 }, row); });
    var x = channels("quantitative", { domain: [0, whole] }, null), y = channels("quantitative", { domain: [rows.length, 0] }, null);
    var tips = [tip("good", "Good"), tip("value", chart.setting.unit, "2"), tip("share_pct", "Of the flow, %", "1")];
    var made = view(chart, Math.min(width, 560), [
      { data: { values: laid }, mark: { type: "rect", color: ink, opacity: 0.5, aria: false },
        encoding: { x: x("zero"), x2: { field: "value" }, y: y("upper"), y2: { field: "lower" }, tooltip: tips } },
      { data: { values: laid.map(function (row) { return Object.assign({ text: row.good + "  " + window.entrepot.number(row.value, 2) + (row.share_pct === null ? "" : " \u00b7 " + window.entrepot.number(row.share_pct, 1) + " %") }, row); }) },
        mark: { type: "text", align: "left", baseline: "middle", limit: Math.min(width, 560), aria: false }, encoding: { x: x("zero"), y: y("label"), text: { field: "text" } } }
    ]);
    made.height = each * rows.length + 24;
    return made;
  };

  // Words of a tile on as many lines as it has room for; none where they do not fit.
  function wrapped(tile) {
    var size = tile.w > 120 ? 14 : 12, letters = (tile.w - 18) / (size * 0.58), lines = [""];
    tile.good.split(" ").forEach(function (word) {
      var last = lines[lines.length - 1], longer = last ? last + " " + word : word;
      if (longer.length <= letters || !last) lines[lines.length - 1] = longer;
      else lines.push(word);
    });
    var fits = lines.every(function (line) { return line.length <= letters; }) && lines.length * size * 1.2 + 11 <= tile.h;
    var upright = !fits && tile.w > 16 && tile.good.length * 7.2 + 18 <= tile.h ? tile.good : "";
    return { upright: upright, size: size, lines: fits ? lines : [], below: fits ? lines.length * size * 1.2 : 0 };
  }

  specs.treemap = function (chart, width) {
    var ink = colour(chart.setting.side === 0 ? "one" : "two");
    var rows = chart.rows.map(function (row, at) { return Object.assign({ id: at + 1, parent: 0, rank: at }, row); });
    var layout = {
      width: width, height: chart.height, padding: 0,
      data: [{
        name: "tiles", values: [{ id: 0, good: "all" }].concat(rows),
        transform: [
          { type: "stratify", key: "id", parentKey: "parent" },
          { type: "treemap", field: "value", sort: { field: "value", order: "descending" }, round: true, method: "squarify", ratio: 1, paddingInner: 3, size: [width, chart.height] },
          { type: "filter", expr: "datum.id !== 0" }
        ]
      }]
    };
    // Laid out first, because how a name is broken into lines depends on the size of its tile.
    return window.entrepot.embed(document.createElement("div"), layout, { mode: "vega" }).then(function (result) {
      var tiles = result.view.data("tiles");
      result.finalize();
      return treemap(chart, width, ink, tiles);
    });
  };

  function treemap(chart, width, ink, laid) {
    var tiles = laid.map(function (tile) {
      var made = { good: tile.good, value: tile.value, share: tile.share_pct, rest: tile.not_broken_down, rank: tile.rank,
        x: tile.x0, y: tile.y0, w: tile.x1 - tile.x0, h: tile.y1 - tile.y0 };
      return Object.assign(made, wrapped(made));
    });
    var text = { fill: { value: colour("ink") }, x: { field: "x", offset: 9 } };
    return {
      $schema: "https://vega.github.io/schema/vega/v6.json",
      width: width, height: chart.height, padding: 0, autosize: "none", background: null, config: { text: { font: colour("sans") } },
      data: [{ name: "tiles", values: tiles }],
      marks: [
        { type: "rect", from: { data: "tiles" }, aria: false, encode: { update: {
          x: { field: "x" }, width: { field: "w" }, y: { field: "y" }, height: { field: "h" },
          fill: [{ test: "datum.rest", value: colour("empty") }, { value: ink }],
          fillOpacity: [{ test: "datum.rest", value: 1 }, { signal: "max(0.16, 0.42 - 0.04 * datum.rank)" }],
          tooltip: { signal: "{'Good': datum.good, '" + chart.setting.unit + "': figure(datum.value, '2'), 'Of the flow': figure(datum.share, '1') + ' %'}" }
        } } },
        { type: "text", from: { data: "tiles" }, aria: false, interactive: false, encode: { update: Object.assign({
          y: { field: "y", offset: 21 }, fontWeight: { value: 600 }, fontSize: { field: "size" }, text: { field: "lines" }, lineHeight: { signal: "datum.size * 1.2" } }, text) } },
        { type: "text", from: { data: "tiles" }, aria: false, interactive: false, encode: { update: {
          x: { signal: "datum.x + datum.w / 2" }, y: { field: "y", offset: 9 }, angle: { value: 90 }, baseline: { value: "middle" },
          fill: { value: colour("ink") }, fontSize: { value: 12 }, fontWeight: { value: 600 }, text: { field: "upright" } } } },
        { type: "text", from: { data: "tiles" }, aria: false, interactive: false, encode: { update: Object.assign({
          y: { signal: "datum.y + datum.below + 22" }, fontSize: { value: 12 },
          text: { signal: "datum.below && datum.w > 18 + 6.8 * length(figure(datum.value, '2') + '  .  100.0 %') && datum.h > datum.below + 30 ? figure(datum.value, '2') + '  \u00b7  ' + figure(datum.share, '1') + ' %' : ''" } }, text) } }
      ]
    };
  }
})();
