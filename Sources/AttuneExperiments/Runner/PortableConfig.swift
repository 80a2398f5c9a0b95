internal import Foundation

extension ExperimentConfiguration {
  /// The experiment with absolute paths of its data files, so that its config runs from any folder.
  func withAbsolutePaths(folder: String) -> ExperimentConfiguration {
    var copy = self
    copy.data.source = copy.data.source.withAbsolutePaths(folder: folder)
    for index in copy.scenarios.indices {
      copy.scenarios[index].data = copy.scenarios[index].data?.withAbsolutePaths(folder: folder)
    }
    return copy
  }
}

extension DataSourceConfiguration {
  fileprivate func withAbsolutePaths(folder: String) -> DataSourceConfiguration {
    switch self {
    case .csv(var csv):
      csv.path = DataPath.absolute(csv.path, folder: folder)
      return .csv(csv)
    case .npy(var npy):
      npy.features = DataPath.absolute(npy.features, folder: folder)
      npy.targets = DataPath.absolute(npy.targets, folder: folder)
      return .npy(npy)
    case .housePrices: return self
    }
  }
}

extension DataPath {
  /// The path from the root; one that is given from there stays as it is.
  static func absolute(_ path: String, folder: String) -> String {
    guard !path.hasPrefix("/") else { return path }
    let resolved = resolve(path, folder: folder)
    let parts = resolved.split(separator: "/")
    guard let file = parts.last else { return path }
    let parent = (resolved.hasPrefix("/") ? "/" : "./") + parts.dropLast().joined(separator: "/")
    // The system's answer: taking `..` out of the text is wrong where a folder is a link.
    guard let real = realpath(parent, nil) else { return path }
    defer { free(real) }
    let root = String(cString: real)
    return (root == "/" ? "" : root) + "/" + file
  }
}
