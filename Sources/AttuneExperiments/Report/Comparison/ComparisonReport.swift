internal import AttuneInference
internal import Foundation

/// A page that compares runs: the settings in which they differ, and their equal cells side by side.
public enum ComparisonReport {
  /// The page for two runs or more; others are compared with the first.
  public static func render(_ given: [ComparedRun]) -> String {
    // Folders of one name, such as 'out' in two places, are told apart by a number.
    let runs = given.enumerated().map { index, run in
      let earlier = given[..<index].count { $0.name == run.name }
      return earlier == 0 ? run : ComparedRun(name: "\(run.name) (\(earlier + 1))", run: run.run, config: run.config)
    }
    let table = ComparedCells(runs)
    let sections: [(id: String, title: String, body: Markup)] = [
      ("summary", "In short", summary(runs, table)),
      ("runs", "The runs", about(runs)),
      ("settings", "Settings that differ", settings(runs)),
      ("differences", "Differences", ComparisonTables.heat(runs, table)),
      ("quality", "Cell by cell", ComparisonTables.quality(runs, table)),
      ("costs", "Costs", ComparisonTables.costs(runs, table)),
    ].filter { $0.body != .empty }
    let names = Set(runs.map(\.run.name)).sorted().joined(separator: ", ")
    return ReportPage.render(
      title: "\(Wording.counted(runs.count, "run")) of \(names)", description: "",
      version: runs.first?.run.provenance.version ?? "",
      facts: [
        Wording.counted(runs.count, "run"), "\(Wording.counted(table.shared.count, "cell")) in common",
        "others against the first",
      ].joined(separator: " · "), kicker: "Attune comparison", sections: sections)
  }

  private static func summary(_ runs: [ComparedRun], _ table: ComparedCells) -> Markup {
    guard let first = runs.first else { return .empty }
    guard !table.shared.isEmpty else {
      return """
        <p class="lead">These runs have no cell in common: no training arm, inference arm and scenario (or learner and \
        stream) has the same names in two of them.</p>
        """
    }
    let items = runs.indices.dropFirst().map { index -> Markup in
      let differences = table.shared.compactMap { table.difference(index, $0) }
      let helps = differences.count { $0.verdict == .helps }, hurts = differences.count { $0.verdict == .hurts }
      let equal = differences.count - helps - hurts
      return """
        <li>\(Wording.name(runs[index].name)): of \(Wording.counted(differences.count, "cell")) that both have, \
        <b>\(helps)</b> \(helps == 1 ? "is" : "are") shown to be better, <b>\(hurts)</b> to be worse, and for \
        <b>\(equal)</b> no difference is shown.</li>

        """
    }
    let pairing =
      table.isPaired
      ? "paired by seed" : "paired by the seeds in common, of independent samples (Welch) where there are none"
    return """
      <p class="lead">Against \(Wording.name(first.name)):</p>
      <ul class="rules">
      \(items.joined())</ul>
      <p class="note">Differences are \(pairing), with 95 % intervals. Negative is better. Many cells are compared at once: \
      of cells without any true difference, about one in twenty will still show one. A mean is over all seeds of its run, a \
      paired difference over those in common.</p>
      """
  }

  private static func about(_ runs: [ComparedRun]) -> Markup {
    let rows = runs.map { run -> Markup in
      let provenance = run.run.provenance
      let seeds: Int
      switch run.run {
      case .experiment(let results): seeds = results.seeds.count
      case .online(let results): seeds = results.seeds.count
      }
      return """
        <tr><th scope="row">\(run.name)</th><td class="text">\(run.run.name)</td>\
        <td class="text">\(provenance.started.formatted(.iso8601))</td><td>\(NumberFormat.seconds(provenance.seconds))</td>\
        <td>\(seeds)</td><td class="text">\(provenance.version)</td><td class="text"><code>\(provenance.commit ?? "—")</code>\
        </td><td class="text">\(provenance.processor)</td>\
        <td class="text"><code>\(String(provenance.configHash.prefix(12)))</code></td></tr>

        """
    }
    return Wording.scrollable(
      "The runs",
      """
      <table>
      <thead><tr><th scope="col">Run</th><th scope="col">Experiment</th><th scope="col">Started</th>\
      <th scope="col">Duration</th><th scope="col">Seeds</th><th scope="col">Attune</th><th scope="col">Commit</th>\
      <th scope="col">Processor</th><th scope="col">Config</th></tr></thead>
      <tbody>
      \(rows.joined())</tbody>
      </table>
      """)
  }

  private static func settings(_ runs: [ComparedRun]) -> Markup {
    let all = runs.map { ConfigDifference.flattened($0.config) }
    let maps = all.map { Dictionary($0, uniquingKeysWith: { first, _ in first }) }
    var keys: [String] = []
    var seen: Set<String> = []
    for settings in all { for (key, _) in settings where seen.insert(key).inserted { keys.append(key) } }
    let differing = keys.filter { key in Set(maps.map { $0[key] }).count > 1 }
    guard !differing.isEmpty else { return "<p>All settings are the same.</p>" }
    let rows = differing.map { key -> Markup in
      let values = maps.map { "<td class=\"text\">\($0[key] ?? "—")</td>" as Markup }
      return "<tr><th scope=\"row\"><code>\(key)</code></th>\(values.joined())</tr>\n"
    }
    return Wording.scrollable(
      "Settings that differ",
      """
      <table>
      <caption><span>Settings of the resolved configs that are not the same in all runs. A dash: not set.</span></caption>
      <thead><tr><th scope="col">Setting</th>\(heads(runs))</tr></thead>
      <tbody>
      \(rows.joined())</tbody>
      </table>
      """)
  }

  static func heads(_ runs: [ComparedRun]) -> Markup {
    runs.map { "<th scope=\"col\">\($0.name)</th>" as Markup }.joined()
  }
}

/// The cells of several runs by what makes them the same.
struct ComparedCells {
  private let byRun: [[ComparedCell.Key: ComparedCell]]
  /// Cells that are in two runs or more, in the order of the first run that has them.
  let shared: [ComparedCell.Key]

  init(_ runs: [ComparedRun]) {
    byRun = runs.map { run in Dictionary(run.cells.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first }) }
    var keys: [ComparedCell.Key] = []
    var seen: Set<ComparedCell.Key> = []
    for run in runs { for cell in run.cells where seen.insert(cell.key).inserted { keys.append(cell.key) } }
    let all = byRun
    shared = keys.filter { key in all.count { $0[key] != nil } > 1 }
  }

  func cell(_ run: Int, _ key: ComparedCell.Key) -> ComparedCell? { byRun[run][key] }

  /// What a run differs by from the first one.
  func difference(_ run: Int, _ key: ComparedCell.Key) -> RunDifference? {
    guard let first = byRun.first?[key], let other = byRun[run][key] else { return nil }
    return RunDifference(from: first, to: other)
  }

  /// Whether every difference is paired by seed.
  var isPaired: Bool {
    byRun.indices.dropFirst().allSatisfy { run in
      shared.allSatisfy { key in difference(run, key).map { $0.pairs != nil } ?? true }
    }
  }
}
