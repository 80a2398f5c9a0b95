internal import AttuneCore
public import AttuneInference

/// Checks that hold for every strategy, as values: it needs no test library.
///
/// ```swift
/// #expect(StrategyConformance.failures(of: MyStrategy.self, on: [MyStrategy.Configuration()]).isEmpty)
/// ```
///
/// A strategy runs on a classifier with batch norm, of 2 and of 10 classes; one that throws `BinaryOnly` for 10 runs on 2.
/// One that throws `RegressionOnly` there runs on a linear regression and on a regression network with batch norm, and on the
/// first of them alone if it throws `LinearOnly` for the other. One that prepares itself is prepared on labeled rows first.
///
/// - Note: A strategy that traps, for example on the shape of a batch of the wrong width, ends the process: let `predict`
///   begin with `try state.network.checkInput(batch)` where it works on the batch before the network does.
public enum StrategyConformance {
  /// The failures of a type of strategy, with each of some configurations.
  public static func failures<S: AdaptationStrategy>(
    of type: S.Type, on configurations: [S.Configuration]
  ) -> [ConformanceFailure] {
    configurations.flatMap { configuration in
      failures(S.self, configuration: "\(configuration)") { try S(configuration) }
    }
  }

  /// The failures of a strategy with the configuration it has.
  public static func failures(of strategy: any AdaptationStrategy) -> [ConformanceFailure] {
    opened(strategy)
  }

  /// The failures of a type of strategy with its defaults.
  ///
  /// - Returns: nil where the configuration is not `DefaultInitializable`.
  public static func failuresWithDefaults(of type: any AdaptationStrategy.Type) -> [ConformanceFailure]? {
    openedDefaults(type)
  }

  private static func opened<S: AdaptationStrategy>(_ strategy: S) -> [ConformanceFailure] {
    failures(of: S.self, on: [strategy.configuration])
  }

  private static func openedDefaults<S: AdaptationStrategy>(_ type: S.Type) -> [ConformanceFailure]? {
    guard let configuration = (S.Configuration.self as? any DefaultInitializable.Type)?.init() as? S.Configuration
    else { return nil }
    return failures(of: S.self, on: [configuration])
  }

  private static func failures<S: AdaptationStrategy>(
    _ type: S.Type, configuration: String, make: @escaping () throws -> S
  ) -> [ConformanceFailure] {
    var examination = Examination<S>(configuration: configuration)
    examination.checkTexts()
    do {
      var subjects = ConformanceSubject.classification
      let strategy = try make()
      if startError(strategy, subjects[0]) is RegressionOnly { subjects = ConformanceSubject.regression }
      subjects.removeAll { $0.network.outputDimension > 2 && startError(strategy, $0) is BinaryOnly }
      subjects.removeAll { startError(strategy, $0) is LinearOnly }
      for subject in subjects { examination.run(make, on: subject) }
    } catch {
      examination.fail(.start, "the strategy cannot be made: \(error)")
    }
    return examination.failures
  }

  private static func startError(_ strategy: some AdaptationStrategy, _ subject: ConformanceSubject) -> (any Error)? {
    do {
      _ = try subject.prepared(strategy).start(subject.network, in: subject.context)
      return nil
    } catch { return error }
  }
}
