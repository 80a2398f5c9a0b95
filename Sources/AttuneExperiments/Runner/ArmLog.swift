internal import AttuneCore
internal import Foundation

/// The finished arms of a unit that is not whole yet: a file that grows by a line per arm.
///
/// Each line is handed to the system with one call when its arm is done, so that a killed process loses the arms in
/// flight and no others. A line that is torn or damaged ends what is believed. The first line is the training.
struct ArmLog: Sendable {
  /// A line.
  enum Entry: Codable, Sendable {
    case training(TrainingRecord, arm: String, seed: UInt64)
    case arm(ArmOutcome)
  }

  /// What a file holds that can be believed.
  struct Contents {
    var record: TrainingRecord
    /// The training arm and the seed.
    var unit: (training: String, seed: UInt64)
    var arms: [ArmOutcome] = []
    /// Bytes of the lines that are believed.
    var bytes = 0
  }

  private let file: AppendedFile
  private let run: String

  /// The log of a unit that goes on, or of one that begins.
  ///
  /// - Throws: `FileError` where the file cannot be made.
  init(_ path: String, run: String, continuing contents: Contents? = nil) throws {
    self.run = run
    if let contents {
      file = try AppendedFile(continuing: path, after: contents.bytes)
    } else {
      unlink(path)
      file = try AppendedFile(creating: path)
    }
  }

  /// Adds a line.
  ///
  /// - Throws: `FileError` where the disk is full or fails.
  func append(_ entry: Entry) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try file.append(Array(try encoder.encode(StoredUnit(entry, run: run))) + [UInt8(ascii: "\n")])
  }

  /// Adds an arm, and gives it back as it is kept: one whose figures no file can hold is a failed arm.
  ///
  /// - Throws: `FileError` where the disk is full or fails.
  func kept(_ outcome: ArmOutcome) throws -> ArmOutcome {
    do {
      try append(.arm(outcome))
      return outcome
    } catch let error as EncodingError {
      let failed = ArmOutcome(
        failed: UnkeptFigures(reason: "\(error)"), inference: outcome.inference, scenario: outcome.scenario)
      try append(.arm(failed))
      return failed
    }
  }

  /// What the log at a path holds of a run; nil where there is none. What is there and not believed is said.
  static func contents(of path: String, run: String, refused: (String) -> Void) -> Contents? {
    guard let data = FileManager.default.contents(atPath: path), !data.isEmpty else { return nil }
    var contents: Contents?, start = data.startIndex
    while let end = data[start...].firstIndex(of: UInt8(ascii: "\n")) {
      guard let line = try? JSONDecoder().decode(StoredUnit<Entry>.self, from: data[start..<end]), line.isIntact else {
        if contents == nil { refused("\(path) is damaged") }
        break
      }
      guard line.run == run else {
        refused("\(path) is of another version of Attune, another config or other data")
        return nil
      }
      switch line.outcome {
      case .training(let record, let arm, let seed): contents = Contents(record: record, unit: (arm, seed))
      case .arm(let arm): contents?.arms.append(arm)
      }
      start = data.index(after: end)
      contents?.bytes = start - data.startIndex
    }
    return contents
  }
}

/// Figures of an arm that are no numbers that JSON can hold.
struct UnkeptFigures: Error, Equatable, CustomStringConvertible {
  let reason: String
  var description: String { "a figure of the arm is infinite or no number: \(reason)" }
}
