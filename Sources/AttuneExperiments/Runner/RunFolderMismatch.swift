/// A run folder holds something else than this run.
public struct RunFolderMismatch: Error, Equatable, CustomStringConvertible {
  /// What the folder holds.
  public enum Content: Equatable, Sendable {
    /// A run of another config, with the first setting that differs; nil where its config cannot be read.
    case otherConfig(ConfigDifference?)
    /// A run of the same config when a data file had other content.
    case otherData(file: String)
    /// Files that are no run.
    case otherFiles
  }

  /// Path of the folder.
  public let path: String
  /// What the folder holds.
  public let content: Content

  /// What is wrong and what to do.
  public var description: String {
    let found =
      switch content {
      case .otherConfig(let difference):
        "holds a run of another config\(difference.map { ": \($0)" } ?? "") (see its config.yaml)"
      case .otherData(let file): "holds a run on other data: \(file) has changed since (see its provenance.json)"
      case .otherFiles: "holds files that are no run of Attune's"
      }
    return "\(path) \(found); choose another --output folder"
  }
}
