/// The frame of a report: head, style sheet, links to the sections.
enum ReportPage {
  static func render(
    title: String, description: String, version: String, facts: String, kicker: String = "Attune report",
    sections: [(id: String, title: String, body: Markup)], script: Markup = .empty
  ) -> String {
    let links = sections.map { "<li><a href=\"#\($0.id)\">\($0.title)</a></li>" as Markup }.joined()
    let body = sections.map { section -> Markup in
      """
      <section id="\(section.id)" aria-labelledby="\(section.id)-title">
      <h2 id="\(section.id)-title">\(section.title)</h2>
      \(section.body)
      </section>

      """
    }.joined()
    let lead: Markup = description.isEmpty ? "" : "<p class=\"lead\">\(description)</p>"
    let page: Markup = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta name="color-scheme" content="light dark"/>
      <meta name="generator" content="Attune \(version)"/>
      <title>\(title) · Attune report</title>
      <style>
      \(Markup(raw: ReportStyle.sheet))
      </style>
      </head>
      <body>
      <a class="skip" href="#content">Skip to the results</a>
      <header>
      <div class="bar-of-tools"><p class="kicker">\(kicker)</p>\
      <button type="button" id="theme" class="theme">Dark colors</button></div>
      <h1>\(title)</h1>
      \(lead)
      <p class="facts">\(facts)</p>
      <nav aria-label="Contents"><ul>\(links)</ul></nav>
      </header>
      <main id="content" tabindex="-1">
      \(body)</main>
      \(ReportScript.element)\(script)</body>
      </html>

      """
    return page.text
  }
}
