internal import AttuneCore
internal import AttuneInference
internal import Foundation

/// Sums over a stream.
struct AdaptationTotals {
  private(set) var rows = 0, batches = 0, operations = 0, plainOperations = 0
  private(set) var entropy: Double?
  private(set) var penalty = 0.0
  private(set) var events: [String: Int] = [:]
  var seconds = 0.0

  mutating func add(
    rows: Int, operations: Int, plain: Int, entropy: Double?, penalty: Double?, _ events: [AdaptationEvent]
  ) {
    self.rows += rows
    batches += 1
    self.operations += operations
    plainOperations += plain
    if let entropy { self.entropy = (self.entropy ?? 0) + entropy * Double(rows) }
    self.penalty += penalty ?? 0
    for event in events { self.events[event.kind.rawValue, default: 0] += 1 }
  }
}

/// The error rate of answers, or the root of their mean squared error.
struct Quality {
  let name: String, value: Double
  private let isShare: Bool

  init(_ penalty: Double, rows: Int, _ task: PredictionTask) {
    let mean = penalty / Double(max(1, rows))
    isShare = task == .classification
    (name, value) = isShare ? ("error", mean) : ("rootMeanSquaredError", mean.squareRoot())
  }

  /// `error 12.5 %`, or `RMSE 0.31`.
  var text: String { isShare ? String(format: "error %.4g %%", 100 * value) : String(format: "RMSE %.4g", value) }
}

/// What there is to say of a batch.
struct BatchReport {
  let batch: Int, firstRow: Int, rows: Int
  let meanEntropy: Double?, quality: Quality?, operationsPerRow: Double
  let events: [AdaptationEvent]

  /// For example `batch 3: rows 192 to 255, entropy 0.41, error 12.5 %; reset: …`.
  var line: String {
    let facts = [
      rows == 1 ? "row \(firstRow)" : "rows \(firstRow) to \(firstRow + rows - 1)",
      meanEntropy.map { String(format: "entropy %.4g", $0) }, quality?.text,
    ].compactMap(\.self)
    let told = events.map { "; \($0.kind.rawValue): \($0.message)" }.joined()
    return "batch \(batch): " + facts.joined(separator: ", ") + told
  }

  func json() throws -> String {
    var object: [String: any Encodable] = [
      "kind": "batch", "batch": batch, "firstRow": firstRow, "rows": rows, "operationsPerRow": operationsPerRow,
      "events": events,
    ]
    object["meanEntropy"] = meanEntropy
    if let quality { object[quality.name] = quality.value }
    return try JSONLine.text(object)
  }
}

/// What there is to say of a stream.
struct StreamSummary {
  let strategy: String, totals: AdaptationTotals, quality: Quality?, sourceAccess: SourceAccess
  let output: String, state: String?

  private var operationsPerRow: Double { Double(totals.operations) / Double(max(1, totals.rows)) }
  private var relative: Double { Double(totals.operations) / Double(max(1, totals.plainOperations)) }
  private var rowsPerSecond: Double { Double(totals.rows) / max(totals.seconds, 1e-9) }
  private var meanEntropy: Double? { totals.entropy.map { $0 / Double(max(1, totals.rows)) } }

  var line: String {
    var facts = ["\(totals.rows) rows in \(totals.batches) batch\(totals.batches == 1 ? "" : "es")"]
    facts += [quality?.text, meanEntropy.map { String(format: "mean entropy %.4g", $0) }].compactMap(\.self)
    let events = totals.events.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    let parts = [
      facts.joined(separator: ", "), "\(Int(rowsPerSecond)) rows/s",
      String(format: "%.4g FLOPs a row, %.3g × plain inference", operationsPerRow, relative),
      "source access: \(sourceAccess.rawValue)",
    ]
    return "\(strategy): "
      + (parts + (events.isEmpty ? [] : ["events: " + events.joined(separator: ", ")])).joined(separator: "; ")
      + "; " + output + (state.map { ", state: \($0)" } ?? "")
  }

  func json() throws -> String {
    var object: [String: any Encodable] = [
      "kind": "summary", "strategy": strategy, "rows": totals.rows, "batches": totals.batches,
      "rowsPerSecond": rowsPerSecond, "operationsPerRow": operationsPerRow, "operationsRelativeToPlain": relative,
      "sourceAccess": sourceAccess, "events": totals.events, "output": output,
    ]
    object["meanEntropy"] = meanEntropy
    object["state"] = state
    if let quality { object[quality.name] = quality.value }
    return try JSONLine.text(object)
  }
}

/// JSON in one line.
enum JSONLine {
  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  private struct Members: Encodable {
    let members: [String: any Encodable]
    func encode(to encoder: any Encoder) throws {
      var keys = encoder.container(keyedBy: Name.self)
      for (name, value) in members { try keys.encode(value, forKey: Name(stringValue: name)) }
    }
  }

  /// An object of some members, by key.
  static func text(_ members: [String: any Encodable]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(Members(members: members)), as: UTF8.self)
  }
}
