// Runs before the first paint, so that a chosen theme never flashes. Kept apart because the policy admits no inline script.
(function () {
  try {
    var chosen = JSON.parse(localStorage.getItem("askwell.preferences") || "{}");
    if (chosen.theme === "light" || chosen.theme === "dark") document.documentElement.dataset.theme = chosen.theme;
    if (chosen.density === "compact") document.documentElement.dataset.density = "compact";
    document.documentElement.lang = chosen.language || (/^zh/i.test(navigator.language) ? "zh-CN" : "en");
  } catch (_) {
    // A browser that forbids storage still gets the page.
  }
})();
