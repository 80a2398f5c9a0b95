internal import AttuneInference

/// Under which protocol a cell's figure was made, in words that tables and files share.
struct CellProtocol: Equatable {
  /// Columns of files.
  static let columns = ["seeds", "labels", "label_delay", "protocol", "reset", "prediction", "source_access"]

  /// Seeds that finished.
  let seeds: Int
  /// Who saw labels of the stream: `never`, `late`, `intervals`, `oracle`.
  let labels: String
  /// Rows after which a label came; empty where none did.
  let labelDelay: String
  /// `prequential` in batches, `window` row by row, `pace` without waiting; empty where it is not known.
  let kind: String
  /// When the strategy started anew: `never`, `domain`, `batch`; empty where it is not known.
  let reset: String
  /// When an answer is taken: `before` or `after` the update, by the `teacher`, or `no-update`; empty where it is not known.
  let prediction: String
  /// What is needed of the training data.
  let sourceAccess: String

  init(_ cell: ResultCell, _ arm: InferenceArmSummary?, _ rules: StreamRules?) {
    seeds = cell.perSeed.count { $0 != nil }
    labels = arm.map(Self.labels) ?? ""
    labelDelay = rules?.labelDelay.map(String.init) ?? ""
    kind = rules.map(Self.kind) ?? ""
    reset = rules?.reset.rawValue ?? ""
    prediction = arm.map(Self.prediction) ?? ""
    sourceAccess = arm?.sourceAccess ?? ""
  }

  /// The fields of `columns`.
  var fields: [String] { ["\(seeds)", labels, labelDelay, kind, reset, prediction, sourceAccess] }

  static func labels(_ arm: InferenceArmSummary) -> String {
    if arm.isOracle { return "oracle" }
    return arm.usesLabels ? "late" : arm.intervals?.usesLabels == true ? "intervals" : "never"
  }

  static func kind(_ rules: StreamRules) -> String {
    rules.window != nil ? "window" : rules.budget != nil ? "pace" : "prequential"
  }

  static func prediction(_ arm: InferenceArmSummary) -> String {
    guard let conventions = arm.conventions else { return arm.strategy == NoAdaptation.name ? "no-update" : "" }
    return conventions.steps > 0 ? conventions.prediction : "no-update"
  }
}
