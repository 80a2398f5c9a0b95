/// A checkpoint that a training cannot go on from.
public struct CheckpointError: Error, Equatable, CustomStringConvertible {
  /// A setting that was another one when the checkpoint was written.
  public struct Difference: Sendable, Equatable {
    /// Name of the setting, for example `arm.batchSize`.
    public let name: String
    /// What it was; nil where there was none.
    public let before: String?
    /// What it is; nil where there is none.
    public let now: String?

    /// What two trainings differ in, by name: causes first, and what follows from others last. With another seed other
    /// rows train, but their checksum says nothing to a reader.
    static func between(_ before: [String: String], _ now: [String: String]) -> [Difference] {
      func rank(_ name: String) -> Int { name == "seed" ? 0 : name == "contents of the rows" ? 2 : 1 }
      return Set(before.keys).union(now.keys).filter { before[$0] != now[$0] }
        .sorted { (rank($0), $0) < (rank($1), $1) }
        .map { Difference(name: $0, before: before[$0], now: now[$0]) }
    }

    /// The first five in words, and how many more there are.
    static func text(_ all: [Difference]) -> String {
      let shown = all.prefix(5).map { "\($0.name) was \($0.before ?? "not set"), is \($0.now ?? "not set")" }
      let more = all.count > shown.count ? ", and \(all.count - shown.count) more" : ""
      return shown.joined(separator: ", ") + more
    }
  }

  /// Why not.
  public enum Problem: Sendable, Equatable {
    /// The file is cut, was changed, or is no checkpoint.
    case damaged(String)
    /// The file belongs to another training.
    case different([Difference])
  }

  /// Path of the file; empty for bytes in memory.
  public let path: String
  /// Why not.
  public let problem: Problem

  /// An error about the file at `path`.
  public init(path: String, problem: Problem) {
    self.path = path
    self.problem = problem
  }

  /// The file, what is wrong, and what to do.
  public var description: String {
    let advice =
      switch problem {
      case .damaged: "start anew without it (--fresh), or bring back a good one"
      case .different: "go on with what it was, or start anew without it (--fresh)"
      }
    return "\(reason); \(advice)"
  }

  /// The file and what is wrong, for those that start anew by themselves.
  public var reason: String {
    let file = path.isEmpty ? "the checkpoint" : path
    switch problem {
    case .damaged(let reason):
      return "\(file) is no checkpoint to go on from: \(reason)"
    case .different(let all):
      return "\(file) belongs to another training: \(Difference.text(all))"
    }
  }
}
