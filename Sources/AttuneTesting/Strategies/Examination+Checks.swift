internal import AttuneCore
internal import AttuneInference
internal import Foundation

extension Examination {
  mutating func checkDeterminism(
    _ make: () throws -> S, _ subject: ConformanceSubject, _ expected: [Matrix]
  ) throws {
    let again = try outputs(of: try make(), on: subject)
    compare(again, expected, .determinism, "a second instance with the same seed answers otherwise")
  }

  mutating func checkSource(_ strategy: S, _ subject: ConformanceSubject) throws {
    // Copies of the numbers, not of the matrices: what writes through shared storage must show.
    let numbers = subject.network.stateDictionary.mapValues(\.matrix.elements)
    let inputs = subject.stream.map(\.elements)
    _ = try outputs(of: strategy, on: subject)
    for (name, before) in numbers.sorted(by: { $0.key < $1.key })
    where subject.network.stateDictionary[name]?.matrix.elements != before {
      fail(.source, "the source network changed in '\(name)'")
    }
    for (index, before) in inputs.enumerated() where subject.stream[index].elements != before {
      fail(.source, "batch \(index) changed")
    }
  }

  mutating func checkSourceAccess(_ strategy: S, _ subject: ConformanceSubject, _ expected: [Matrix]) throws {
    var context = subject.context
    if strategy.sourceAccess == .none { context.source = nil }
    if strategy.sourceAccess < .samples { context.samples = nil }
    if strategy.conventions?.seesTarget != true { context.target = nil }
    var state: S.State
    do {
      state = try strategy.start(subject.network, in: context)
    } catch is MissingNormalization {
      // It says itself that only a network without batch norm needs statistics.
      context.source = subject.context.source
      state = try strategy.start(subject.network, in: context)
    }
    let without = try outputs(of: strategy, on: subject, &state, subject.stream.indices)
    compare(
      without, expected, .sourceAccess,
      "declares source access '\(strategy.sourceAccess.rawValue)' and answers otherwise without the rest")
  }

  mutating func checkRestart(_ strategy: S, _ subject: ConformanceSubject, _ expected: [Matrix]) throws {
    compare(try outputs(of: strategy, on: subject), expected, .restart, "started again, it answers otherwise")
  }

  mutating func checkSnapshot(_ strategy: S, _ subject: ConformanceSubject, _ expected: [Matrix]) throws {
    let half = subject.stream.count / 2, rest = half..<subject.stream.count
    var state = try strategy.start(subject.network, in: subject.context)
    _ = try outputs(of: strategy, on: subject, &state, 0..<half)
    var copy = state
    let first = try outputs(of: strategy, on: subject, &state, rest)
    let second = try outputs(of: strategy, on: subject, &copy, rest)
    compare(first, Array(expected[rest]), .snapshot, "the state that was copied answers otherwise")
    compare(second, first, .snapshot, "the copy of a state answers otherwise than the state")
  }

  mutating func checkState(_ strategy: S, _ subject: ConformanceSubject, _ expected: [Matrix]) throws {
    let half = subject.stream.count / 2, rest = half..<subject.stream.count
    var state = try strategy.start(subject.network, in: subject.context)
    _ = try outputs(of: strategy, on: subject, &state, 0..<half)
    let encoder = JSONEncoder(), decoder = JSONDecoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    decoder.userInfo[.restoring] = Restoring(strategy: strategy, subject: subject)
    var restored = try decoder.decode(Restored<S>.self, from: try encoder.encode(state)).state
    compare(
      try outputs(of: strategy, on: subject, &restored, rest), Array(expected[rest]), .state,
      "the state that was encoded and decoded answers otherwise")
  }

  mutating func checkConfiguration(_ strategy: S, _ subject: ConformanceSubject, _ expected: [Matrix]) throws {
    let data = try JSONEncoder().encode(strategy.configuration)
    let decoded = try subject.prepared(S(try JSONDecoder().decode(S.Configuration.self, from: data)))
    compare(
      try outputs(of: decoded, on: subject), expected, .configuration, "encoded and decoded, it answers otherwise")
  }

  mutating func checkLabels(_ strategy: S, _ subject: ConformanceSubject, _ expected: [Matrix]) throws {
    guard !S.usesLabels else { return }
    let without = try outputs(of: strategy, on: subject, learning: false)
    compare(without, expected, .labels, "declares to use no labels and answers otherwise without them")
  }

  mutating func checkWidth(_ strategy: S, _ subject: ConformanceSubject) throws {
    let batch = subject.stream[0], width = batch.columns, last = subject.stream.count - 1
    var state = try strategy.start(subject.network, in: subject.context)
    var untouched = try strategy.start(subject.network, in: subject.context)
    for wrong in [width - 1, width + 1, 0] {
      let found = error { _ = try strategy.predict(Matrix(rows: 4, columns: wrong), &state) }
      if !(found is ShapeError) { fail(.width, "predict on \(wrong) columns: \(text(found)) instead of a ShapeError") }
    }
    if S.usesLabels {
      let labels = subject.labels[0]
      let mistakes = [
        ("inputs too wide", Feedback(inputs: Matrix(rows: batch.rows, columns: width + 1), targets: labels)),
        ("targets too wide", Feedback(inputs: batch, targets: Matrix(rows: batch.rows, columns: labels.columns + 1))),
        ("a target too few", Feedback(inputs: batch, targets: labels.rows(1..<labels.rows))),
      ]
      for (name, feedback) in mistakes {
        let found = error { try strategy.learn(from: feedback, &state) }
        if !(found is ShapeError) { fail(.width, "learn from \(name): \(text(found)) instead of a ShapeError") }
      }
    }
    let after = try outputs(of: strategy, on: subject, &state, 0..<last)
    let without = try outputs(of: strategy, on: subject, &untouched, 0..<last)
    compare(after, without, .width, "after a batch of the wrong width it answers otherwise")
  }

  mutating func checkOutputs(_ strategy: S, _ subject: ConformanceSubject) {
    let ordinary = (name: "an ordinary stream", batches: subject.stream)
    for (name, batches) in [ordinary] + ConformanceSubject.hostile {
      do {
        var state = try strategy.start(subject.network, in: subject.context)
        for (index, batch) in (batches + [subject.stream[0]]).enumerated() {
          let output = try strategy.predict(batch, &state)
          let place = index < batches.count ? "\(name), batch \(index)" : "the batch after \(name)"
          if let problem = problem(with: output, rows: batch.rows, subject) {
            fail(.outputs, "\(place): \(problem)")
            break
          }
          let columns = subject.labels[0].columns
          try strategy.learn(from: Feedback(inputs: batch, targets: Matrix(rows: batch.rows, columns: columns)), &state)
        }
      } catch {
        fail(.outputs, "\(name): an error instead of an answer: \(error)")
      }
    }
    checkEmptyBatch(strategy, subject)
  }

  /// No rows in, no rows out, or an error; in both cases the next batch is answered.
  private mutating func checkEmptyBatch(_ strategy: S, _ subject: ConformanceSubject) {
    let empty = Matrix(rows: 0, columns: ConformanceSubject.inputDimension)
    do {
      var state = try strategy.start(subject.network, in: subject.context)
      if let output = try? strategy.predict(empty, &state), output.rows != 0 {
        fail(.outputs, "no rows in, \(output.rows) out")
      }
      let next = try strategy.predict(subject.stream[0], &state)
      if let problem = problem(with: next, rows: subject.stream[0].rows, subject) {
        fail(.outputs, "the batch after an empty one: \(problem)")
      }
    } catch {
      fail(.outputs, "the batch after an empty one: an error instead of an answer: \(error)")
    }
  }

  private func problem(with output: Matrix, rows: Int, _ subject: ConformanceSubject) -> String? {
    let expected = Shape(rows: rows, columns: subject.network.outputDimension)
    if output.shape != expected { return "the output is \(output.shape) instead of \(expected)" }
    return output.isFinite ? nil : "the output is not finite: \(output)"
  }

  private func error(_ body: () throws -> Void) -> (any Error)? {
    do {
      try body()
      return nil
    } catch { return error }
  }

  private func text(_ error: (any Error)?) -> String { error.map { "\($0)" } ?? "no error" }
}

/// What a state is restored for.
private struct Restoring<S: AdaptationStrategy>: Sendable {
  let strategy: S
  let subject: ConformanceSubject
}

/// A state on its way back: its strategy decodes it.
private struct Restored<S: AdaptationStrategy>: Decodable {
  let state: S.State

  init(from decoder: any Decoder) throws {
    guard let restoring = decoder.userInfo[.restoring] as? Restoring<S> else {
      throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "no strategy to restore for"))
    }
    state = try restoring.strategy.restore(
      from: decoder, restoring.subject.network, in: restoring.subject.context)
  }
}

extension CodingUserInfoKey {
  fileprivate static let restoring = CodingUserInfoKey(rawValue: "attune.restoring").unsafelyUnwrapped
}
