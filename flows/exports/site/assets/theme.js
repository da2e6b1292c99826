// Runs before the first paint: the reader's choice of light or dark, where one was made.
(function () {
  var root = document.documentElement;
  root.classList.add("js");
  try {
    var chosen = localStorage.getItem("entrepot-theme");
    if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  } catch (error) {
    // storage is closed to files in some browsers; the system's setting stands
  }
})();
