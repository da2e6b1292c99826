// What a reader takes away from a chart: its data, its picture, a frame for another page, a line to cite it by.
(function () {
  "use strict";
  var state = window.entrepot;
  var WIDTH = 960;

  function here() {
    return location.href.split("#")[0];
  }

  function publishersOf(chart) {
    var found = [];
    chart.rows.forEach(function (row) {
      String(row.source || "").split("+").forEach(function (code) {
        var publisher = state.publishers[code];
        if (publisher && found.indexOf(publisher) < 0) found.push(publisher);
      });
    });
    return found;
  }

  // Release, title and publishers in one line; without the title where it stands above.
  state.cited = function (chart, isTitled) {
    var release = state.release, publishers = chart ? publishersOf(chart) : [];
    var line = "Entrep\u00f4t, " + release.called + " (" + release.run + ", built " + release.built + ")";
    if (chart && !isTitled) line += ": " + chart.title;
    return line + "." + (publishers.length ? " Figures of " + publishers.join("; ") + "." : "");
  };

  // A text that a spreadsheet would take for a formula is made a text again.
  function cell(value) {
    if (value === null || value === undefined) return "";
    var text = String(value);
    if (typeof value === "string" && /^[=+\-@\t\r]/.test(text)) text = "'" + text;
    return /[",\n\r]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
  }

  state.csvOf = function (chart) {
    var more = { unit: chart.setting.unit || "", release: state.release.run, citation: state.cited(chart) };
    var names = Object.keys(chart.rows[0] || {}).concat(Object.keys(more));
    var lines = chart.rows.map(function (row) {
      var whole = Object.assign({}, row, more);
      return names.map(function (name) { return cell(whole[name]); }).join(",");
    });
    return [names.join(",")].concat(lines).join("\n") + "\n";
  };

  function save(name, blob) {
    var link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 10000);
  }

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  }

  // Words on lines of at most so many letters.
  function lines(words, letters) {
    return words.split(" ").reduce(function (made, word) {
      var last = made[made.length - 1];
      if (last && (last + " " + word).length <= letters) made[made.length - 1] = last + " " + word;
      else made.push(word);
      return made;
    }, []);
  }

  // The chart once more, with its title above and its citation, since a picture travels alone.
  function picture(chart) {
    return Promise.resolve(state.specs[chart.kind](chart, WIDTH)).then(function (spec) {
      spec.background = colour("paper");
      spec.padding = { left: 16, right: 16, top: 16, bottom: 16 };
      spec.autosize = { type: "pad" };
      spec.title = {
        text: chart.title, subtitle: lines(state.cited(chart, true), 130), anchor: "start", offset: 34, fontSize: 18, subtitleFontSize: 11,
        font: colour("sans"), subtitleFont: colour("sans"), color: colour("ink"), subtitleColor: colour("soft"), subtitlePadding: 6
      };
      return state.embed(document.createElement("div"), spec, { renderer: "svg" });
    });
  }

  function savePng(chart, name) {
    picture(chart).then(function (made) {
      return made.view.toCanvas(2).then(function (canvas) {
        made.finalize();
        canvas.toBlob(function (blob) { save(name + ".png", blob); }, "image/png");
      });
    });
  }

  function saveSvg(chart, name) {
    picture(chart).then(function (made) {
      return made.view.toSVG().then(function (svg) {
        made.finalize();
        save(name + ".svg", new Blob([svg], { type: "image/svg+xml" }));
      });
    });
  }

  function tell(title, words) {
    var card = document.getElementById("taken");
    document.getElementById("taken-title").textContent = title;
    var box = card.querySelector("textarea");
    box.value = words;
    card.showPopover();
    box.focus();
    box.select();
  }

  function quoted(text) {
    return text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");
  }

  function frame(chart, name) {
    var source = here() + "#pair=" + state.shown + "&only=" + name;
    return '<iframe src="' + quoted(source) + '" title="' + quoted(chart.title) + '" width="720" height="' + (chart.height + 190) +
      '" loading="lazy" style="border:0"></iframe>';
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("button[data-take]");
    if (!button) return;
    var name = button.parentElement.dataset.chart, chart = state.chartOf(name);
    if (!chart) return;
    var file = (state.charts[name] ? "" : state.shown + "-") + name;
    if (button.dataset.take === "csv") save(file + ".csv", new Blob([state.csvOf(chart)], { type: "text/csv" }));
    if (button.dataset.take === "png") savePng(chart, file);
    if (button.dataset.take === "svg") saveSvg(chart, file);
    if (button.dataset.take === "embed") tell("A frame for another page", frame(chart, name));
    if (button.dataset.take === "cite") tell("To cite this chart", state.cited(chart) + " " + here() + "#pair=" + state.shown + "&at=" + name);
  });
})();
