internal import Foundation

/// A function that the numbers of a column go through when a file is read.
public enum ColumnTransform: String, Codable, Sendable, CaseIterable {
  /// The natural logarithm, of numbers above 0.
  case log
  /// The natural logarithm of 1 + x, of numbers above −1.
  case log1p
  /// The square root, of numbers of at least 0.
  case squareRoot = "sqrt"

  /// The function's value; nil where it has none.
  func apply(_ x: Double) -> Double? {
    let result =
      switch self {
      case .log: Foundation.log(x)
      case .log1p: Foundation.log1p(x)
      case .squareRoot: x.squareRoot()
      }
    return result.isFinite ? result : nil
  }

  /// The numbers that it takes, for messages.
  var domain: String {
    switch self {
    case .log: "a number above 0, of which the logarithm is taken"
    case .log1p: "a number above -1, of which log(1 + x) is taken"
    case .squareRoot: "a number of at least 0, of which the square root is taken"
    }
  }
}
