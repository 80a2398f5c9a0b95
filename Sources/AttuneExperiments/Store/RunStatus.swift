/// What became of a run.
public enum RunStatus: String, Sendable, Codable {
  /// A process is at work in its folder.
  case running
  /// Every arm ran, and the results are written.
  case finished
  /// An error ended it.
  case failed
  /// It was stopped or killed; the same command with its folder goes on.
  case stopped
}
