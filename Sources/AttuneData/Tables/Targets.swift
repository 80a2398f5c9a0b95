public import AttuneCore

/// The answers of a table.
public enum Targets: Sendable, Equatable {
  /// A class for each row: `labels` index into `names`.
  case classes(labels: [Int], names: [String])
  /// A number for each row, `[n, 1]`.
  case values(Matrix)
  /// No answers: data to predict.
  case none

  /// The number of answers; nil where there are none.
  public var count: Int? {
    switch self {
    case .classes(let labels, _): labels.count
    case .values(let values): values.rows
    case .none: nil
    }
  }

  /// The answers at `indices`, in that order; an index may repeat.
  public func rows(at indices: some Collection<Int>) -> Targets {
    switch self {
    case .classes(let labels, let names): .classes(labels: indices.map { labels[$0] }, names: names)
    case .values(let values): .values(values.rows(at: indices))
    case .none: .none
    }
  }
}

extension Targets {
  /// The names of the classes; nil where the targets are no classes.
  public var classNames: [String]? {
    if case .classes(_, let names) = self { names } else { nil }
  }
}
