internal import Foundation

extension ExperimentConfiguration {
  /// The experiment with absolute paths of its data files, so that its config runs from any folder.
  func withAbsolutePaths(folder: String) -> ExperimentConfiguration {
    var copy = self
    func absolute(_ path: String) -> String { DataPath.absolute(path, folder: folder) }
    copy.data.source = copy.data.source.mappingPaths(absolute)
    copy.data.test = copy.data.test?.mappingPaths(absolute)
    copy.data.split = copy.data.split.mappingPaths(absolute)
    copy.data.heldOut = copy.data.heldOut?.mappingPaths(absolute)
    for index in copy.scenarios.indices {
      copy.scenarios[index].data = copy.scenarios[index].data?.mappingPaths(absolute)
      for domain in copy.scenarios[index].domains.indices {
        copy.scenarios[index].domains[domain].data =
          copy.scenarios[index].domains[domain].data?.mappingPaths(absolute)
      }
    }
    return copy
  }
}

extension DataPath {
  /// The path from the root; one that is given from there stays as it is.
  static func absolute(_ path: String, folder: String) -> String {
    guard !path.hasPrefix("/") else { return path }
    let resolved = resolve(path, folder: folder)
    var folders = resolved.split(separator: "/"), rest = ""
    while let last = folders.popLast() {
      rest = "/" + last + rest
      let parent = (resolved.hasPrefix("/") ? "/" : "./") + folders.joined(separator: "/")
      // The system's answer: taking `..` out of the text is wrong where a folder is a link. A folder whose name holds a
      // placeholder does not exist; the one above it does.
      guard let real = realpath(parent, nil) else { continue }
      defer { free(real) }
      let root = String(cString: real)
      return (root == "/" ? "" : root) + rest
    }
    return path
  }
}
