internal import AttuneCore
public import AttuneInference

/// Checks that hold for every strategy, as values: it needs no test library.
///
/// ```swift
/// #expect(StrategyConformance.failures(of: MyStrategy.self, on: [MyStrategy.Configuration()]).isEmpty)
/// ```
///
/// A strategy runs on a classifier with batch norm, of 2 and of 10 classes, on a linear regression, and on a regression
/// network with batch norm. One that throws `RegressionOnly`, `ClassificationOnly`, `LinearOnly`, or `BinaryOnly` for 10
/// classes is left out there; one that throws `MissingDropout` runs on the networks with dropout. One that prepares itself
/// is prepared on labeled rows first.
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
      let strategy = try make()
      var isExamined = false
      for subject in ConformanceSubject.classification + ConformanceSubject.regression {
        switch startError(strategy, subject) {
        case is RegressionOnly, is ClassificationOnly, is LinearOnly: continue
        case is BinaryOnly where subject.network.outputDimension > 2: continue
        case is MissingDropout: examination.run(make, on: try subject.withDropout())
        default: examination.run(make, on: subject)
        }
        isExamined = true
      }
      if !isExamined { examination.fail(.start, "it refuses classification and regression") }
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
