/// What a setting in the features' space is measured in.
public enum ShiftUnit: String, Codable, Sendable, CaseIterable {
  /// The features' own units.
  case raw
  /// Deviations of each feature in the source data.
  case deviations
}

extension ShiftUnit {
  /// What follows a number in a summary.
  var suffix: String { self == .raw ? "" : " source deviations" }
}
