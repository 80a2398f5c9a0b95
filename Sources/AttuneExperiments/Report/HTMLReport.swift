/// The report of an experiment as one HTML file that needs nothing else: no network, no fonts, no scripts.
///
/// It answers, in this order: what training-time optimization buys, what inference-time optimization buys, where an
/// adaptation does not help, and at what cost.
public enum HTMLReport {
  /// The page for `results`; the same results give the same bytes.
  public static func render(_ results: ExperimentResults) -> String {
    let data = ReportData(results)
    let sections: [(id: String, title: String, body: Markup)] = [
      ("summary", "What buys what", SummarySection.render(data)),
      ("verdicts", "Where optimization does not help", VerdictSection.render(data)),
      ("scenarios", "Quality by scenario", GridTable.render(data) ?? HeatTable.renderAll(data)),
      ("domains", "Quality by domain", DomainTable.renderAll(data)),
      ("inputs", "Quality against the number of inputs", CurveSection.render(data)),
      ("stream", "Along the stream", LinePlot.renderAll(data)),
      ("tradeoff", "Quality against cost", ScatterSection.render(data)),
      ("cost", "Cost", CostSection.render(data)),
      ("failures", "Failures", FailureSection.render(data)),
      ("protocol", "Protocol and provenance", ProtocolSection.render(data)),
    ].filter { $0.body != .empty }
    let links = sections.map { "<li><a href=\"#\($0.id)\">\($0.title)</a></li>" as Markup }.joined()
    let body = sections.map { section -> Markup in
      """
      <section id="\(section.id)" aria-labelledby="\(section.id)-title">
      <h2 id="\(section.id)-title">\(section.title)</h2>
      \(section.body)
      </section>

      """
    }.joined()
    return page(data, links: links, body: body).text
  }

  private static func page(_ data: ReportData, links: Markup, body: Markup) -> Markup {
    let results = data.results
    let description: Markup = results.description.isEmpty ? "" : "<p class=\"lead\">\(results.description)</p>"
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta name="color-scheme" content="light dark"/>
      <meta name="generator" content="Attune \(results.provenance.version)"/>
      <title>\(results.name) · Attune report</title>
      <style>
      \(Markup(raw: ReportStyle.sheet))
      </style>
      </head>
      <body>
      <header>
      <p class="kicker">Attune report</p>
      <h1>\(results.name)</h1>
      \(description)
      <p class="facts">\(facts(data))</p>
      <nav aria-label="Sections"><ul>\(links)</ul></nav>
      </header>
      <main>
      \(body)</main>
      </body>
      </html>

      """
  }

  private static func facts(_ data: ReportData) -> String {
    let results = data.results
    return [
      Wording.counted(results.trainingArms.count, "training arm"),
      Wording.counted(results.inferenceArms.count, "inference arm"),
      Wording.counted(results.scenarios.count, "scenario"),
      Wording.counted(results.seeds.count, "seed"),
      "\(data.format.title), lower is better",
    ].joined(separator: " · ")
  }
}
