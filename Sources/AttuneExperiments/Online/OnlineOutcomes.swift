/// What one unit of an online experiment found: one stream with one seed, and all learners on it.
struct OnlineUnitOutcome: Codable, Equatable {
  /// Name of the stream.
  var stream: String
  var seed: UInt64
  /// Rows that were answered.
  var rows: Int
  /// Rows whose label never came, of which it was not known at all for some.
  var unlabeled: Int
  var unknown: Int
  /// Names of the inputs and of the classes.
  var inputs: Int
  var classes: [String]
  /// Rows that were left out, and why the first ones were; nil where none were.
  var skipped: SkippedSummary?
  /// Seconds of processor time.
  var seconds: Double
  var arms: [OnlineArmOutcome]
}

/// Rows of a stream that were left out because they could not be used.
public struct SkippedSummary: Codable, Sendable, Equatable {
  /// How many.
  public var count: Int
  /// How many rows there were.
  public var rows: Int
  /// The first problem.
  public var first: String

  /// Rows that were left out.
  public init(count: Int, rows: Int, first: String) {
    (self.count, self.rows, self.first) = (count, rows, first)
  }
}

/// One learner on one stream with one seed.
struct OnlineArmOutcome: Codable, Equatable {
  var learner: String
  var failure: String?
  /// The error or the RMSE over all rows that were scored; nil where none was.
  var quality: Double?
  var metrics: [String: Double] = [:]
  var trace: [Double?] = []
  var rowsPerWindow = 0
  /// Rows that were scored, learned, and refused by the learner.
  var scored = 0, learned = 0, refused = 0
  var alarms = 0
  var events: EventLog?
  /// How often the learner changed its own state to stay sound, by reason.
  var regularizations: [String: Int] = [:]
  var cost: OnlineCost?

  init(learner: String) { self.learner = learner }
}

/// What a learner costs a row.
public struct OnlineCost: Codable, Sendable, Equatable {
  /// Floating-point operations of a prediction.
  public var predictOperations: Double
  /// Floating-point operations of learning a row.
  public var learnOperations: Double
  /// Nanoseconds of a prediction, median over blocks of rows.
  public var predictNanoseconds: Double
  /// Nanoseconds of learning a row, median over blocks of rows; 0 where no label came.
  public var learnNanoseconds: Double
  /// Bytes of what the learner keeps at the end.
  public var stateBytes: Int

  /// The cost of a learner.
  public init(
    predictOperations: Double, learnOperations: Double, predictNanoseconds: Double, learnNanoseconds: Double,
    stateBytes: Int
  ) {
    self.predictOperations = predictOperations
    self.learnOperations = learnOperations
    self.predictNanoseconds = predictNanoseconds
    self.learnNanoseconds = learnNanoseconds
    self.stateBytes = stateBytes
  }
}
