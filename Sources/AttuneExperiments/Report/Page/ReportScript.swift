/// The script of a report: sorting, saving figures, the choice of dark and light, hints that a table scrolls.
///
/// Everything that the page says is there without it; it only adds controls. It asks nothing of a network and keeps
/// nothing.
enum ReportScript {
  /// The element with the script. The comments keep the page well-formed XML.
  static let element = Markup(raw: "<script>\n//<![CDATA[\n\(text)\n//]]>\n</script>\n")

  private static let text = """
    (function () {
      "use strict";
      var root = document.documentElement;
      root.classList.add("js");
    \(theme)
    \(sorting)
    \(saving)
    \(scrolling)
    })();
    """

  private static let theme = #"""
      var toggle = document.getElementById("theme");
      var preference = matchMedia("(prefers-color-scheme: dark)");
      function isDark() {
        return root.dataset.theme ? root.dataset.theme === "dark" : preference.matches;
      }
      function nameToggle() { toggle.textContent = isDark() ? "Light colors" : "Dark colors"; }
      if (toggle) {
        toggle.addEventListener("click", function () {
          root.dataset.theme = isDark() ? "light" : "dark";
          nameToggle();
        });
        preference.addEventListener("change", nameToggle);
        nameToggle();
      }
      var opened = [];
      addEventListener("beforeprint", function () {
        opened = Array.from(document.querySelectorAll("details:not([open])"));
        opened.forEach(function (fold) { fold.open = true; });
      });
      addEventListener("afterprint", function () {
        opened.forEach(function (fold) { fold.open = false; });
      });
    """#

  private static let sorting = #"""
      var sizes = { n: 1e-9, "µ": 1e-6, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 };
      var units = { ns: 1e-9, "µs": 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600,
        B: 1, KiB: 1024, MiB: 1048576, GiB: 1073741824, TiB: 1099511627776 };
      function value(cell) {
        var text = (cell.dataset.sort || cell.textContent).trim();
        var found = /^[×±]?\s*([-−+]?)(\d+(?:\.\d+)?)(?:e([-−]?\d+))?/.exec(text);
        if (!found) { return text === "∞" ? Infinity : NaN; }
        var number = Number(found[2]) * Math.pow(10, Number((found[3] || "0").replace("−", "-")));
        var unit = /^(?:\s*±\s*[\d.]+)?\s*(ns|µs|ms|s|min|h|[KMGT]iB|B|[nµmkMGTPE])(?![\wµ])/.exec(
          text.slice(found[0].length));
        if (unit) { number *= units[unit[1]] || sizes[unit[1]]; }
        return found[1] === "-" || found[1] === "−" ? -number : number;
      }
      function words(cell) { return cell.textContent.trim(); }
      function order(rows, column, direction) {
        function cell(row) { return row.cells[column]; }
        var isText = rows.filter(function (row) { return !isNaN(value(cell(row))); }).length * 2 < rows.length;
        return rows.map(function (row, index) { return { row: row, index: index }; }).sort(function (a, b) {
          var difference;
          if (isText) {
            difference = direction * words(cell(a.row)).localeCompare(words(cell(b.row)), "en", { numeric: true });
          } else {
            var x = value(cell(a.row)), y = value(cell(b.row));
            if (isNaN(x) || isNaN(y)) { difference = isNaN(x) - isNaN(y); }
            else { difference = x === y ? 0 : direction * (x > y ? 1 : -1); }
          }
          return difference || a.index - b.index;
        }).map(function (entry) { return entry.row; });
      }
      /* The heads that stand over one column each, with the number of that column. */
      function heads(table) {
        var taken = [], found = [];
        var rows = Array.from(table.tHead.rows);
        rows.forEach(function (row, line) {
          taken[line] = taken[line] || [];
          var column = 0;
          Array.from(row.cells).forEach(function (cell) {
            while (taken[line][column]) { column += 1; }
            for (var down = 0; down < cell.rowSpan; down += 1) {
              taken[line + down] = taken[line + down] || [];
              for (var along = 0; along < cell.colSpan; along += 1) { taken[line + down][column + along] = true; }
            }
            if (cell.tagName === "TH" && cell.colSpan === 1 && line + cell.rowSpan === rows.length) {
              found.push({ head: cell, column: column });
            }
            column += cell.colSpan;
          });
        });
        return found;
      }
      Array.from(document.querySelectorAll("table")).forEach(function (table) {
        if (!table.tHead || table.tBodies.length !== 1) { return; }
        var body = table.tBodies[0], original = Array.from(body.rows);
        var isPlain = original.every(function (row) {
          return Array.from(row.cells).every(function (cell) { return cell.colSpan === 1 && cell.rowSpan === 1; });
        });
        if (original.length < 2 || !isPlain) { return; }
        var all = heads(table);
        all.forEach(function (entry) {
          var button = document.createElement("button");
          button.type = "button";
          button.className = "sort";
          while (entry.head.firstChild) { button.appendChild(entry.head.firstChild); }
          entry.head.appendChild(button);
          button.addEventListener("click", function () {
            var before = entry.head.getAttribute("aria-sort");
            all.forEach(function (other) { other.head.removeAttribute("aria-sort"); });
            var next = before === "ascending" ? "descending" : before === "descending" ? null : "ascending";
            if (next) { entry.head.setAttribute("aria-sort", next); }
            var rows = next ? order(original, entry.column, next === "ascending" ? 1 : -1) : original;
            rows.forEach(function (row) { body.appendChild(row); });
          });
        });
      });
    """#

  private static let saving = #"""
      var properties = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray",
        "stroke-linecap", "stroke-linejoin", "paint-order", "font-family", "font-size", "font-weight", "font-style",
        "text-anchor", "opacity", "image-rendering"];
      function standalone(svg) {
        var copy = svg.cloneNode(true), box = svg.viewBox.baseVal;
        var from = [svg].concat(Array.from(svg.querySelectorAll("*")));
        var to = [copy].concat(Array.from(copy.querySelectorAll("*")));
        from.forEach(function (element, index) {
          var style = getComputedStyle(element);
          to[index].setAttribute("style", properties.map(function (name) {
            return name + ":" + style.getPropertyValue(name).replace(/"/g, "'");
          }).join(";"));
          to[index].removeAttribute("class");
        });
        copy.setAttribute("width", box.width);
        copy.setAttribute("height", box.height);
        var page = document.createElementNS(svg.namespaceURI, "rect");
        page.setAttribute("width", box.width);
        page.setAttribute("height", box.height);
        page.setAttribute("fill", getComputedStyle(document.body).backgroundColor);
        copy.insertBefore(page, copy.firstChild);
        var title = document.createElementNS(svg.namespaceURI, "title");
        title.textContent = svg.getAttribute("aria-label");
        copy.insertBefore(title, page);
        return new XMLSerializer().serializeToString(copy);
      }
      function save(text, kind, name) {
        var link = document.createElement("a");
        var type = kind === "svg" ? "image/svg+xml" : "text/csv;charset=utf-8";
        link.href = URL.createObjectURL(new Blob([text], { type: type }));
        var plain = (document.title.split(" · ")[0] + " " + name).toLowerCase().replace(/[^a-z0-9]+/g, "-");
        link.download = plain.replace(/^-+|-+$/g, "").slice(0, 80) + "." + kind;
        document.body.appendChild(link);
        link.click();
        link.remove();
        setTimeout(function () { URL.revokeObjectURL(link.href); }, 10000);
      }
      document.addEventListener("click", function (event) {
        var button = event.target.closest("[data-save]");
        if (!button) { return; }
        var box = button.closest("figure, .tabled"), kind = button.dataset.save;
        if (box.tagName === "FIGURE") {
          var text = kind === "svg" ? standalone(box.querySelector("svg[role=img]")) :
            box.querySelector("pre.data").textContent.replace(/\n/g, "\r\n") + "\r\n";
          save(text, kind, box.querySelector("figcaption").textContent);
        } else {
          var lines = Array.from(box.querySelectorAll("tr")).map(function (row) {
            return Array.from(row.cells).map(function (cell) {
              return '"' + cell.textContent.trim().replace(/\s+/g, " ").replace(/"/g, '""') + '"' +
                ",".repeat(cell.colSpan - 1);
            }).join(",");
          });
          save(lines.join("\r\n") + "\r\n", kind, box.querySelector(".scroll").getAttribute("aria-label"));
        }
      });
      Array.from(document.querySelectorAll("main .scroll > table")).forEach(function (table) {
        var scroll = table.parentNode, box = document.createElement("div");
        box.className = "tabled";
        scroll.parentNode.insertBefore(box, scroll);
        box.appendChild(scroll);
        var buttons = document.createElement("div"), button = document.createElement("button");
        var name = document.createElement("span");
        buttons.className = "downloads";
        button.type = "button";
        button.dataset.save = "csv";
        button.textContent = "CSV";
        name.className = "sr";
        name.textContent = " of the table " + scroll.getAttribute("aria-label");
        button.appendChild(name);
        buttons.appendChild(button);
        box.appendChild(buttons);
      });
    """#

  private static let scrolling = #"""
      var boxes = Array.from(document.querySelectorAll(".scroll"));
      function measure() {
        boxes.forEach(function (box) {
          var overflows = box.scrollWidth > box.clientWidth + 1;
          box.classList.toggle("overflows", overflows);
          if (overflows) { box.tabIndex = 0; } else { box.removeAttribute("tabindex"); }
        });
      }
      if (window.ResizeObserver) {
        var watch = new ResizeObserver(measure);
        boxes.forEach(function (box) { watch.observe(box); });
      }
      addEventListener("resize", measure);
      measure();
    """#
}
