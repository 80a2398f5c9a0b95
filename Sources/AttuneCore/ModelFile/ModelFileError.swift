/// A model file that is not what it should be.
public struct ModelFileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Where in a file something is wrong.
  public enum Place: Equatable, Sendable {
    /// The file as a whole.
    case file
    /// A byte, counted from the start of the file.
    case byte(Int)
    /// A tensor, by name.
    case tensor(String)
  }

  /// The file's path; empty for bytes in memory.
  public let path: String
  /// Where it is wrong.
  public let place: Place
  /// What is wrong.
  public let what: String
  /// What to do about it.
  public let remedy: String

  /// An error at `place` of the file at `path`.
  public init(path: String, place: Place, what: String, remedy: String) {
    self.path = path
    self.place = place
    self.what = what
    self.remedy = remedy
  }

  /// Path, place, what is wrong, and what to do.
  public var description: String {
    var parts = path.isEmpty ? [] : [path]
    switch place {
    case .file: break
    case .byte(let offset): parts.append("byte \(offset)")
    case .tensor(let name): parts.append("tensor \(JSONValue.quoted(name))")
    }
    parts.append("\(what); \(remedy)")
    return parts.joined(separator: ": ")
  }

  /// The same error in the file at `path`.
  func inFile(_ path: String) -> ModelFileError {
    ModelFileError(path: path, place: place, what: what, remedy: remedy)
  }
}
