public import AttuneCore
internal import AttuneTraining

/// An online experiment: learners × streams × seeds, each row predicted, scored and then learned.
public struct OnlineExperimentConfiguration: Codable, Sendable, Equatable {
  /// Name of the experiment; letters, digits, `-` and `_`, because run folders carry it.
  public var name: String
  /// What the experiment asks, for the report.
  public var description: String
  /// What depends on chance runs once with each seed: networks, missing labels, generated streams.
  public var seeds: [UInt64]
  /// The streams.
  public var streams: [OnlineStreamConfiguration]
  /// The learners; the baselines are beside them in every table.
  public var learners: [OnlineLearnerArmConfiguration]
  /// Figures that the run is expected to reach.
  public var expect: [ExpectedFigure]

  /// The baseline that the others are compared with: the last label that has arrived.
  public static let baseline = OnlineLearnerConfiguration.lastLabel.kind

  private enum CodingKeys: String, CodingKey { case name, description, seeds, streams, learners, expect }

  /// Decodes from a config file; a value that does not fit is an error with its place.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    name = try keys.decode(String.self, forKey: .name)
    description = try keys.decodeIfPresent(String.self, forKey: .description) ?? ""
    seeds = try keys.decodeIfPresent([UInt64].self, forKey: .seeds) ?? [0]
    streams = try keys.decode([OnlineStreamConfiguration].self, forKey: .streams)
    learners = try keys.decode([OnlineLearnerArmConfiguration].self, forKey: .learners)
    expect = try keys.decodeIfPresent([ExpectedFigure].self, forKey: .expect) ?? []
  }

  /// The arms that run on a stream: the baselines of its task, then the learners that take it.
  public func arms(on stream: OnlineStreamConfiguration) -> [OnlineLearnerArmConfiguration] {
    let simple: OnlineLearnerConfiguration = stream.task == .classification ? .majority : .mean
    let baselines = [.lastLabel, simple].map { OnlineLearnerArmConfiguration(baseline: $0) }
    return baselines + learners.filter { $0.runs(on: stream) }
  }

  /// The learners of a stream with one of the seeds: after the first seed only what depends on it runs again.
  func arms(on stream: OnlineStreamConfiguration, isFirstSeed: Bool) -> [OnlineLearnerArmConfiguration] {
    let all = arms(on: stream)
    let isRandom = stream.source.isGenerated || stream.labels.missing > 0
    return isFirstSeed || isRandom ? all : all.filter(\.isRandom)
  }

  /// The number of learners over all streams and seeds.
  var armCount: Int {
    streams.reduce(0) { sum, stream in
      sum + seeds.indices.reduce(0) { $0 + arms(on: stream, isFirstSeed: $1 == 0).count }
    }
  }

  /// The experiment with absolute paths of its data files, so that its config runs from any folder.
  func withAbsolutePaths(folder: String) -> OnlineExperimentConfiguration {
    var copy = self
    copy.streams = streams.map { $0.mappingPaths { DataPath.absolute($0, folder: folder) } }
    return copy
  }
}

extension OnlineLearnerArmConfiguration {
  /// Whether it takes a stream: one that it names, or, where it names none, every one of its task.
  func runs(on stream: OnlineStreamConfiguration) -> Bool {
    if let streams { return streams.contains(stream.name) }
    guard !(stream.task == .regression && detector?.takesErrorsOnly == true) else { return false }
    // Two classes are enough here: whether there are more is known when the stream is read.
    return learner.supports(stream.task, classes: 2)
  }
}

extension OnlineExperimentConfiguration: ValidatedConfiguration {
  /// Throws a `ConfigValueError` for the first setting that does not fit the others.
  public func validate() throws {
    let allowed = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
    try ConfigCheck.require(
      !name.isEmpty && allowed, "name", "must be letters, digits, '-' and '_', because folders carry it")
    try ConfigCheck.require(!seeds.isEmpty, "seeds", "must be at least one seed")
    try ConfigCheck.require(Set(seeds).count == seeds.count, "seeds", "must be different seeds")
    try ConfigCheck.require(!streams.isEmpty, "streams", "must be at least one stream")
    try Self.requireDistinct(streams.map(\.name), "streams")
    try Self.requireDistinct(learners.map(\.name), "learners")
    let names = streams.map(\.name)
    for arm in learners {
      let own = arm.streams ?? []
      if let unknown = own.first(where: { !names.contains($0) }) {
        throw ConfigValueError(
          "'\(arm.name)' names a stream that is not there", key: "learners", given: unknown, known: names)
      }
      for stream in streams where own.contains(stream.name) { try check(arm, on: stream) }
      guard streams.contains(where: arm.runs) else {
        // Where one reason holds for all streams it is told.
        if own.isEmpty, Set(streams.map(\.task)).count == 1, let stream = streams.first { try check(arm, on: stream) }
        throw ConfigValueError(
          "'\(arm.name)' (\(arm.learner.kind)) does not do the task of any stream", key: "learners")
      }
    }
    if let taken = learners.first(where: { arm in
      streams.contains { stream in
        arm.runs(on: stream) && self.arms(on: stream).prefix(2).contains { $0.name == arm.name }
      }
    }) {
      throw ConfigValueError(
        "'\(taken.name)' is a baseline, which is in every table by itself; remove it or give it another name",
        key: "learners")
    }
    try checkExpected()
  }

  private func check(_ arm: OnlineLearnerArmConfiguration, on stream: OnlineStreamConfiguration) throws {
    guard arm.learner.supports(stream.task, classes: 2) else {
      throw ConfigValueError(
        "'\(arm.name)' (\(arm.learner.kind)) does not do \(stream.task.rawValue), which stream '\(stream.name)' is",
        key: "learners")
    }
    if let detector = arm.detector, detector.takesErrorsOnly, stream.task == .regression {
      throw ConfigValueError(
        "the detector \(detector.kind) of '\(arm.name)' counts wrong classes, and stream '\(stream.name)' is regression; "
          + "use adwin or page-hinkley", key: "learners")
    }
  }

  private func checkExpected() throws {
    let metrics =
      [QualityMetric.error.rawValue, OnlineResults.rootMeanSquaredError] + StreamMetric.allCases.map(\.rawValue)
    try expect.check(
      { figure in
        let stream = streams.first { $0.name == figure.stream }
        let known = stream.map { arms(on: $0).map(\.name) } ?? []
        return [
          ("stream", figure.stream, streams.map(\.name), false), ("learner", figure.learner, known, false),
        ]
      },
      foreign: { figure in
        [
          ("training", figure.training), ("inference", figure.inference), ("scenario", figure.scenario),
          ("features", figure.features.map { "\($0)" }),
        ]
      }, metrics: metrics)
  }

  private static func requireDistinct(_ names: [String], _ key: String) throws {
    for (index, name) in names.enumerated() where names[..<index].contains(name) {
      throw ConfigValueError("two have the same name", key: key, given: name)
    }
  }
}
