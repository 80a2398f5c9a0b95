internal import AttuneCore
internal import AttuneInference

/// The conventions of each inference arm, in the protocol of the report.
enum ArmRulesTable {
  /// A table of the inference arms; nothing where there are none.
  static func render(_ data: ReportData) -> Markup {
    guard !data.results.inferenceArms.isEmpty else { return .empty }
    let rows = data.results.inferenceArms.map(row)
    return Wording.scrollable(
      "Inference arms",
      """
      <table>
      <caption><span>The conventions of each inference arm. A dash: the strategy does not say, or it does not apply.\
      </span></caption>
      <thead><tr><th scope="col">Inference arm</th><th scope="col">Strategy</th><th scope="col">Statistics</th>\
      <th scope="col">Variance</th><th scope="col">Adapts</th><th scope="col">Answers</th><th scope="col">Steps</th>\
      <th scope="col">Dropout</th><th scope="col">Sees the stream beforehand</th><th scope="col">Source access</th>\
      <th scope="col">Reset of its own</th><th scope="col">Labels</th><th scope="col">Settings chosen by</th>\
      <th scope="col">Parts</th></tr></thead>
      <tbody>
      \(rows.joined())</tbody>
      </table>
      """)
  }

  private static func row(_ arm: InferenceArmSummary) -> Markup {
    let rules = arm.conventions
    let looks = ["entropy", "consistency"].contains(arm.chosenBy)
    let parts = rules.map { $0.parts.joined(separator: "; ") } ?? ""
    let fields: [String?] = [
      arm.strategy, rules?.statistics, rules?.variance.rawValue, rules?.scope, rules.map { answer($0) },
      rules.map { "\($0.steps)" }, rules.map { $0.dropout ? "active" : "off" },
      rules?.seesTarget == true ? "all of it" : looks ? "its first part" : rules.map { _ in "no" }, arm.sourceAccess,
      rules?.recovery ?? rules.map { _ in "none" },
      labels(arm),
      arm.chosenBy ?? "given", parts.isEmpty ? nil : parts,
    ]
    let cells = fields.map { "<td class=\"text\">\($0 ?? "—")</td>" as Markup }
    return "<tr><th scope=\"row\">\(arm.name)</th>\(cells.joined())</tr>\n"
  }

  private static func labels(_ arm: InferenceArmSummary) -> String {
    let intervals = arm.intervals?.usesLabels == true
    if arm.usesLabels { return intervals ? "late, and for its intervals" : "late" }
    if arm.isOracle { return intervals ? "for its settings; late, for its intervals" : "for its settings" }
    return intervals ? "late, for its intervals only" : "never"
  }

  private static func answer(_ rules: StrategyConventions) -> String {
    guard rules.steps > 0 else { return "without a step" }
    switch rules.prediction {
    case "before": return "before the update"
    case "after": return "after the update"
    case "teacher": return "by the teacher"
    default: return rules.prediction
    }
  }
}
