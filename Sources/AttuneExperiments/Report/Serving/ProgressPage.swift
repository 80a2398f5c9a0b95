/// The page of a run that is not finished: it asks for the progress every two seconds and changes in place.
enum ProgressPage {
  static func render(_ progress: FolderProgress) -> String {
    let rows = progress.cells.map { cell -> Markup in
      """
      <tr><th scope="row">\(cell.arms)</th><td class="text">\(cell.stream)</td><td>\(cell.quality)</td>\
      <td>\(cell.seeds)</td></tr>

      """
    }
    let body: Markup = """
      <p class="lead" id="status" aria-live="polite">\(status(progress))</p>
      <progress id="bar" max="\(progress.total ?? 0)" value="\(progress.done)" aria-label="Parts that are done">\
      \(progress.done)</progress>
      <h3>So far</h3>
      \(Wording.scrollable(
        "Results so far",
        """
        <table class="costs">
        <caption><span>Means over the seeds that are done. They may change until the run is finished.</span></caption>
        <thead><tr><th scope="col" class="text">Arms</th><th scope="col" class="text">Stream</th><th scope="col">Quality</th>\
        <th scope="col">Seeds</th></tr></thead>
        <tbody id="cells">
        \(rows.joined())</tbody>
        </table>
        """))
      """
    return ReportPage.render(
      title: progress.experiment ?? progress.name, description: "", version: AttuneVersion.current,
      facts: "\(progress.name) · this page changes as the run goes on", kicker: "Attune run in progress",
      sections: [("progress", "Progress", body)], script: script)
  }

  private static func status(_ progress: FolderProgress) -> String {
    var text =
      progress.total.map { "\(progress.done) of \(Wording.counted($0, "part")) done" }
      ?? "\(Wording.counted(progress.done, "part")) done"
    if let seconds = progress.seconds { text += ", \(NumberFormat.seconds(seconds)) since the start" }
    return text
  }

  private static let script = Markup(
    raw: #"""
      <script>
      //<![CDATA[
      (function () {
        "use strict";
        var place = location.pathname.replace(/\/?$/, "/status.json");
        function duration(seconds) {
          if (seconds < 90) { return Math.round(seconds) + " s"; }
          return seconds < 5400 ? Math.round(seconds / 60) + " min" : (seconds / 3600).toFixed(1) + " h";
        }
        function say(run) {
          var text = run.total ? run.done + " of " + run.total + " parts done" : run.done + " parts done";
          if (run.seconds !== undefined) { text += ", " + duration(run.seconds) + " since the start"; }
          if (run.secondsSinceLast !== undefined) { text += ", the last one " + duration(run.secondsSinceLast) + " ago"; }
          return text;
        }
        function cell(kind, text, style) {
          var element = document.createElement(kind);
          element.textContent = text;
          if (kind === "th") { element.scope = "row"; }
          if (style) { element.className = style; }
          return element;
        }
        function show(run) {
          if (run.isFinished) { location.reload(); return; }
          var status = document.getElementById("status"), bar = document.getElementById("bar");
          var text = say(run);
          if (status.textContent !== text) { status.textContent = text; }
          if (run.total) { bar.max = run.total; bar.value = run.done; }
          var body = document.getElementById("cells"), fresh = document.createElement("tbody");
          run.cells.forEach(function (entry) {
            var row = document.createElement("tr");
            row.append(cell("th", entry.arms), cell("td", entry.stream, "text"), cell("td", entry.quality),
              cell("td", String(entry.seeds)));
            fresh.append(row);
          });
          if (fresh.textContent !== body.textContent.replace(/\n/g, "")) { body.replaceChildren.apply(body, fresh.childNodes); }
        }
        function ask() {
          fetch(place, { cache: "no-store" }).then(function (answer) { return answer.json(); }).then(show)
            .catch(function () { document.getElementById("status").textContent = "The server does not answer any more."; });
        }
        setInterval(ask, 2000);
      })();
      //]]>
      </script>

      """#)
}
