/// How a learner scales the features of a row.
public enum OnlineScaler: String, Sendable, Codable, CaseIterable {
  /// Not at all.
  case none
  /// By the running mean and standard deviation; a feature that has not varied is 0. A row is answered with the moments of
  /// the rows before it, and learned with those that include it, as by river's `StandardScaler`.
  case standard
}
