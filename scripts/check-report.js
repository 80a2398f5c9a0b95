/* Checks a report from inside: put at the end of a copy of the page by check-report.sh, it tells its frame's owner. */
(function () {
  "use strict";
  var problems = [];
  addEventListener("error", function (event) { problems.push("error: " + event.message); });
  function check(holds, text) { if (!holds) { problems.push(text); } }

  function overflow() {
    var page = document.scrollingElement;
    check(page.scrollWidth <= innerWidth, "the page is " + page.scrollWidth + " wide, the window " + innerWidth);
  }

  function headings() {
    var level = 0;
    document.querySelectorAll("h1, h2, h3, h4, h5, h6").forEach(function (heading) {
      var next = Number(heading.tagName[1]);
      check(next <= level + 1, "heading '" + heading.textContent + "' skips a level");
      check(heading.textContent.trim() !== "", "an empty heading");
      level = next;
    });
    check(document.querySelectorAll("h1").length === 1, "not one h1");
    ["header", "nav", "main"].forEach(function (name) { check(document.querySelector(name), "no " + name); });
    var skip = document.querySelector("a.skip");
    check(skip && document.querySelector(skip.getAttribute("href")), "the skip link leads nowhere");
  }

  function names() {
    document.querySelectorAll("figure").forEach(function (figure) {
      var caption = figure.querySelector("figcaption"), drawing = figure.querySelector("svg[role=img]");
      check(caption && caption.textContent.trim(), "a figure without a caption");
      check(drawing && drawing.getAttribute("aria-label"), "a drawing without a name");
      check(figure.querySelectorAll("[data-save]").length === 2, "a figure that cannot be saved");
    });
    document.querySelectorAll("svg:not([role=img])").forEach(function (drawing) {
      check(drawing.getAttribute("aria-hidden") === "true", "a drawing that is neither named nor hidden");
    });
    document.querySelectorAll("button, a").forEach(function (control) {
      check(control.textContent.trim() !== "", "a control without a name");
    });
    var seen = {};
    document.querySelectorAll("[id]").forEach(function (element) {
      check(!seen[element.id], "two elements with the id " + element.id);
      seen[element.id] = true;
    });
    document.querySelectorAll("nav a").forEach(function (link) {
      check(document.querySelector(link.getAttribute("href")), "a link of the contents leads nowhere");
    });
  }

  function sorting() {
    var buttons = Array.from(document.querySelectorAll("th button.sort"));
    check(buttons.length > 0, "no table can be sorted");
    buttons.forEach(function (button) {
      var head = button.closest("th"), body = head.closest("table").tBodies[0];
      function texts() { return Array.from(body.rows).map(function (row) { return row.textContent; }); }
      var before = texts();
      button.click();
      check(head.getAttribute("aria-sort") === "ascending", "a sorted column that does not say so");
      var up = texts();
      button.click();
      check(head.getAttribute("aria-sort") === "descending", "a column that does not sort downward");
      var down = texts();
      check(up.slice().sort().join() === down.slice().sort().join(), "rows are lost by sorting");
      button.click();
      check(!head.hasAttribute("aria-sort") && texts().join() === before.join(), "the first order does not come back");
    });
    /* The numbers of a column that only holds plain ones. */
    buttons.forEach(function (button) {
      var head = button.closest("th"), table = head.closest("table");
      if (table.tHead.rows.length > 1) { return; }
      function numbers() {
        return Array.from(table.tBodies[0].rows).map(function (row) {
          return row.cells[head.cellIndex].textContent.trim().replace("−", "-");
        });
      }
      if (!numbers().every(function (text) { return /^-?\d+(\.\d+)?$/.test(text); })) { return; }
      button.click();
      var sorted = numbers().map(Number);
      check(sorted.every(function (value, index) { return index === 0 || sorted[index - 1] <= value; }),
        "the column '" + head.textContent + "' is not in order");
      button.click();
      button.click();
    });
  }

  async function saving() {
    var blobs = [], create = URL.createObjectURL, click = HTMLAnchorElement.prototype.click, files = [];
    URL.createObjectURL = function (blob) { blobs.push(blob); return "blob:none"; };
    HTMLAnchorElement.prototype.click = function () { files.push(this.download); };
    var buttons = Array.from(document.querySelectorAll("[data-save]"));
    check(buttons.length > 0, "nothing can be saved");
    for (var index = 0; index < buttons.length; index += 1) {
      var count = blobs.length, kind = buttons[index].dataset.save;
      buttons[index].click();
      check(blobs.length === count + 1, "a " + kind + " button saves nothing");
      if (blobs.length === count) { continue; }
      var text = await blobs[count].text();
      check(files[count].endsWith("." + kind), "a file name without its kind");
      if (kind === "svg") {
        var parsed = new DOMParser().parseFromString(text, "image/svg+xml");
        check(!parsed.querySelector("parsererror") && parsed.documentElement.localName === "svg", "a broken SVG");
        check(!/var\(|class=/.test(text), "an SVG that needs the page's styles");
      } else {
        var lines = text.trim().split("\r\n");
        check(lines.length > 1, "a CSV without rows");
      }
    }
    URL.createObjectURL = create;
    HTMLAnchorElement.prototype.click = click;
  }

  function contrast() {
    function channels(color) { return (color.match(/[\d.]+/g) || []).map(Number); }
    function luminance(color) {
      return channels(color).slice(0, 3).reduce(function (sum, value, index) {
        var share = value / 255;
        var linear = share <= 0.04045 ? share / 12.92 : Math.pow((share + 0.055) / 1.055, 2.4);
        return sum + [0.2126, 0.7152, 0.0722][index] * linear;
      }, 0);
    }
    function background(element) {
      for (var at = element; at; at = at.parentElement) {
        var color = getComputedStyle(at).backgroundColor;
        if (channels(color).length === 3 || channels(color)[3] === 1) { return color; }
      }
      return "rgb(255,255,255)";
    }
    var found = {};
    document.querySelectorAll("body *").forEach(function (element) {
      if (element.closest("svg, pre, script, .sr")) { return; }
      var hasText = Array.from(element.childNodes).some(function (node) {
        return node.nodeType === 3 && node.data.trim();
      });
      if (!hasText) { return; }
      var first = luminance(getComputedStyle(element).color), second = luminance(background(element));
      var ratio = (Math.max(first, second) + 0.05) / (Math.min(first, second) + 0.05);
      var place = element.tagName + "." + element.className;
      if (ratio < 4.5 && !found[place]) {
        found[place] = true;
        problems.push("contrast " + ratio.toFixed(2) + " of " + place + " (" + document.documentElement.dataset.theme + ")");
      }
    });
  }

  function tell(done) { parent.postMessage({ width: innerWidth, problems: problems, done: done }, "*"); }

  addEventListener("load", async function () {
    try {
      overflow();
      headings();
      names();
      sorting();
      await saving();
      ["light", "dark"].forEach(function (theme) {
        document.documentElement.dataset.theme = theme;
        contrast();
      });
      var toggle = document.getElementById("theme"), before = document.documentElement.dataset.theme;
      toggle.click();
      check(document.documentElement.dataset.theme !== before, "the colors cannot be changed");
      document.querySelectorAll("details").forEach(function (fold) { fold.open = true; });
      overflow();
    } catch (error) {
      problems.push("the check failed: " + error);
    }
    tell(true);
  });
})();
