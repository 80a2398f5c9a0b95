/// A compressed file or archive that cannot be unpacked.
public struct PackedFileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file as the caller named it.
  public let path: String
  /// What does not fit.
  public let problem: String
  /// What to do about it.
  public let advice: String

  /// An error of the file at `path`.
  public init(path: String, problem: String, advice: String) {
    self.path = path
    self.problem = problem
    self.advice = advice
  }

  /// The file, the problem, and what to do.
  public var description: String { "cannot unpack '\(path)': \(problem); \(advice)" }
}

/// How large what is unpacked may become, so that a small hostile file cannot fill the memory.
public struct UnpackingLimit: Sendable, Equatable {
  /// The most bytes that are unpacked from one file.
  public var total = 4 << 30
  /// The most bytes that are unpacked per packed byte; counts above `floor`.
  public var ratio = 100
  /// This many bytes may always be unpacked.
  public var floor = 64 << 20

  /// At most 4 GiB, and at most a hundred times the packed size if that is more than 64 MiB.
  public init() {}

  /// The bytes that may come out of `packed` bytes.
  func allowed(packed: Int) -> Int {
    let (scaled, overflow) = packed.multipliedReportingOverflow(by: ratio)
    return min(total, max(floor, overflow ? .max : scaled))
  }
}
