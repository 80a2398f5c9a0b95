/// What failed, with the text of each error.
enum FailureSection {
  /// A list of the failed cells; nothing where none failed.
  static func render(_ data: ReportData) -> Markup {
    let failed = data.results.cells.filter { $0.quality == nil || !$0.failures.isEmpty }
    guard !failed.isEmpty else { return .empty }
    let items = failed.map { cell -> Markup in
      let finished = cell.perSeed.count { $0 != nil }
      let reasons = unique(cell.failures).map { "<code>\($0)</code>" as Markup }
      let why: Markup = reasons.isEmpty ? "no error text was recorded" : reasons.joined("; ")
      return """
        <li>\(Wording.name(cell.training)) with \(Wording.name(cell.inference)) in \(Wording.name(cell.scenario)): \
        \(finished) of \(Wording.counted(cell.perSeed.count, "seed")) finished. \(why)</li>

        """
    }
    return """
      <p>A cell without a finished seed is shown as “failed”; one with some is the mean over the seeds that \
      finished.</p>
      <ul class="failures">
      \(items.joined())</ul>
      """
  }

  /// The texts without repetition, in their order.
  private static func unique(_ texts: [String]) -> [String] {
    var seen: Set<String> = []
    return texts.filter { seen.insert($0).inserted }
  }
}
