internal import AttuneCore
internal import Foundation

/// The training that the metrics of a folder belong to, in a file beside them: `training.json`, its settings by name.
///
/// So a training that was killed before its first checkpoint may start its log anew, and another one may not.
enum MetricsOwner {
  /// The name of the file.
  static let fileName = "training.json"

  /// Notes in a folder whose metrics it has.
  static func write(_ identity: [String: String], in folder: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try AtomicFile.write([UInt8](try encoder.encode(identity)) + [UInt8(ascii: "\n")], to: "\(folder)/\(fileName)")
  }

  /// Whose metrics a folder has; nil where that is not noted, or not legible.
  static func read(in folder: String) throws -> [String: String]? {
    do {
      let bytes = try InputFile.bytes(at: "\(folder)/\(fileName)")
      return try? JSONDecoder().decode([String: String].self, from: Data(bytes))
    } catch let error as FileError where error.kind == .notFound {
      return nil
    }
  }

  /// The error of a folder that has another training's metrics.
  ///
  /// - Parameters:
  ///   - names: of the files there.
  ///   - owner: whose they are; nil where that is not known.
  static func mismatch(
    in folder: String, _ names: [String], of owner: [String: String]?, not identity: [String: String]
  ) -> MetricsFileError {
    let isOne = names.count == 1, files = names.joined(separator: " and ")
    let reason =
      owner.map { CheckpointError.Difference.text(CheckpointError.Difference.between($0, identity)) }
      ?? "whose is not noted in \(fileName)"
    return MetricsFileError(
      path: folder, problem: "\(files) \(isOne ? "is" : "are") of another training: \(reason)",
      advice:
        "give a folder of its own, remove \(isOne ? "the file" : names.count == 2 ? "both files" : "them"), or start anew (--fresh)"
    )
  }
}
