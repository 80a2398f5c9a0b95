/// A row that a learner refused because a number in it, or one that follows from it, is not finite.
public struct NonFiniteRow: Error, Equatable, CustomStringConvertible {
  /// Where the number is.
  public enum Place: Equatable, Sendable {
    /// In the features, counted from 0.
    case feature(Int)
    /// In the target.
    case target
    /// In what the learner computed: the row's values are too large for it.
    case result
  }

  /// The number of the row, counted from 0 over the rows that the learner was to learn.
  public let row: Int
  /// Where the number is.
  public let place: Place
  /// The number.
  public let value: Double

  /// The number `value` at `place` of row `row`.
  public init(row: Int, place: Place, value: Double) {
    (self.row, self.place, self.value) = (row, place, value)
  }

  /// Nothing was learned from it, and why.
  public var description: String {
    switch place {
    case .feature(let index):
      "row \(row): feature \(index) is \(value), expected a finite number; impute the feature or skip the row"
    case .target: "row \(row): the target is \(value), expected a finite number; skip the row"
    case .result:
      "row \(row): learning it gives \(value), because its values or the learning rate are too large; scale the features "
        + "(scaler: standard) or lower the rate"
    }
  }

  /// Equal where all fields are; NaN equals NaN here.
  public static func == (left: NonFiniteRow, right: NonFiniteRow) -> Bool {
    left.row == right.row && left.place == right.place
      && (left.value == right.value || left.value.isNaN && right.value.isNaN)
  }
}

/// A target that is not the number of a class.
public struct UnknownClass: Error, Equatable, CustomStringConvertible {
  /// The number of the row, counted from 0 over the rows that the learner was to learn.
  public let row: Int
  /// The target.
  public let target: Double
  /// The number of classes.
  public let classes: Int

  /// The target `target` of row `row` where there are `classes` classes.
  public init(row: Int, target: Double, classes: Int) {
    (self.row, self.target, self.classes) = (row, target, classes)
  }

  /// What was expected.
  public var description: String {
    "row \(row): class \(target) is not a whole number from 0 to \(classes - 1); number the classes from 0 and give the "
      + "learner as many as there are"
  }
}
