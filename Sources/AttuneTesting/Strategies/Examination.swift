internal import AttuneCore
internal import AttuneInference
internal import Foundation

/// The checks of one configuration of a strategy, and what they found.
struct Examination<S: AdaptationStrategy> {
  let configuration: String
  private(set) var failures: [ConformanceFailure] = []
  private var subject = "no network"

  init(configuration: String) {
    self.configuration = configuration
  }

  mutating func fail(_ check: ConformanceCheck, _ message: String) {
    failures.append(
      ConformanceFailure(
        strategy: S.name, check: check, configuration: configuration, subject: subject, message: message))
  }

  /// Name and summary.
  mutating func checkTexts() {
    let words = S.name.split(separator: "-", omittingEmptySubsequences: false)
    let isKebab = words.allSatisfy { word in
      !word.isEmpty && word.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber) }
    }
    if !isKebab { fail(.name, "'\(S.name)' is not in kebab case, for example 'my-strategy'") }
    let summary = S.summary.trimmingCharacters(in: .whitespacesAndNewlines)
    if summary.isEmpty || summary.contains(where: \.isNewline) { fail(.summary, "the summary is not one line of text") }
  }

  /// All checks that need a network.
  mutating func run(_ makeUnprepared: @escaping () throws -> S, on subject: ConformanceSubject) {
    self.subject = subject.name
    defer { self.subject = "no network" }
    let make = { try subject.prepared(try makeUnprepared()) }
    let strategy: S, expected: [Matrix]
    do {
      strategy = try make()
      expected = try outputs(of: strategy, on: subject)
    } catch {
      return fail(.start, "a stream of ordinary batches ends in an error: \(error)")
    }
    attempt(.determinism) { try $0.checkDeterminism(make, subject, expected) }
    attempt(.source) { try $0.checkSource(strategy, subject) }
    attempt(.sourceAccess) { try $0.checkSourceAccess(strategy, subject, expected) }
    attempt(.restart) { try $0.checkRestart(strategy, subject, expected) }
    attempt(.snapshot) { try $0.checkSnapshot(strategy, subject, expected) }
    attempt(.state) { try $0.checkState(strategy, subject, expected) }
    attempt(.configuration) { try $0.checkConfiguration(strategy, subject, expected) }
    attempt(.labels) { try $0.checkLabels(strategy, subject, expected) }
    attempt(.width) { try $0.checkWidth(strategy, subject) }
    checkOutputs(strategy, subject)
  }

  private mutating func attempt(_ check: ConformanceCheck, _ body: (inout Self) throws -> Void) {
    do { try body(&self) } catch { fail(check, "an unexpected error: \(error)") }
  }

  /// The answers to a subject's stream; the labels of each batch come after the batch that follows it.
  func outputs(
    of strategy: S, on subject: ConformanceSubject, learning: Bool = true
  ) throws -> [Matrix] {
    var state = try strategy.start(subject.network, in: subject.context)
    return try outputs(of: strategy, on: subject, &state, subject.stream.indices, learning: learning)
  }

  /// The answers to some batches of a subject's stream from a state on.
  func outputs(
    of strategy: S, on subject: ConformanceSubject, _ state: inout S.State, _ range: Range<Int>, learning: Bool = true
  ) throws -> [Matrix] {
    try range.map { index in
      if learning, index > 0 {
        let feedback = Feedback(inputs: subject.stream[index - 1], targets: subject.labels[index - 1])
        try strategy.learn(from: feedback, &state)
      }
      return try strategy.predict(subject.stream[index], &state)
    }
  }

  /// Adds a failure where two series of outputs differ in a bit.
  mutating func compare(_ found: [Matrix], _ expected: [Matrix], _ check: ConformanceCheck, _ what: String) {
    for (index, (a, b)) in zip(found, expected).enumerated() where !a.hasSameBits(as: b) {
      return fail(check, "\(what), batch \(index): \(a) instead of \(b)")
    }
  }
}

extension Matrix {
  /// Equal shapes and bits; NaN equals itself.
  func hasSameBits(as other: Matrix) -> Bool {
    shape == other.shape && zip(elements, other.elements).allSatisfy { $0.bitPattern == $1.bitPattern }
  }
}

extension ConformanceSubject {
  /// The strategy with what it learned from the subject's labeled rows, where it learns from any.
  func prepared<S: AdaptationStrategy>(_ strategy: S) throws -> S {
    guard let preparing = strategy as? any PreparedStrategy else { return strategy }
    return try opened(preparing) as? S ?? strategy
  }

  private func opened(_ strategy: some PreparedStrategy) throws -> any AdaptationStrategy {
    try strategy.prepared(for: network, in: preparation).strategy
  }
}
