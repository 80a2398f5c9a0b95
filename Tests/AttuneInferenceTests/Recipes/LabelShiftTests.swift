import AttuneCore
import AttuneInference
import Foundation
import Testing

/// `adaptable`, `label-shift-em` and `bbse`.
@Suite struct LabelShiftTests {
  private let subject = CorrectionSubject(shares: [0.5, 0.3, 0.2])

  @Test func `expectation maximization is the iteration over the rows of the window`() throws {
    var settings = PriorEstimation.Configuration()
    (settings.rows, settings.sourceRows, settings.iterations, settings.tolerance) = (20, 4, 30, 0)
    let batches = [subject.batch(15), subject.batch(15, seed: 9), subject.batch(25, seed: 10)]
    let answers = try subject.answers(PriorEstimation.self, settings, to: batches)
    let source = [0.5, 0.3, 0.2]
    var window: [[Double]] = []
    for (batch, answer) in zip(batches, answers) {
      let logits = try subject.network.predict(batch).lists
      window = Array((window + softmax(logits)).suffix(max(20, batch.rows)))
      var shares = source
      for _ in 0..<30 {
        var sums = source.map { 4 * $0 }
        for p in window {
          let weighted = (0..<3).map { p[$0] * shares[$0] / source[$0] }, sum = weighted.reduce(0, +)
          for c in 0..<3 { sums[c] += weighted[c] / sum }
        }
        shares = sums.map { $0 / Double(window.count + 4) }
      }
      let expected = softmax(logits.map { row in (0..<3).map { row[$0] + log(shares[$0] / source[$0]) } })
      #expect(answer.softmax().distance(from: expected) < 1e-5)
    }
  }

  /// A classifier whose probabilities are the true ones: two normal classes at −1 and 1, equally frequent.
  private var calibrated: CorrectionSubject {
    get throws {
      var subject = CorrectionSubject(classes: 2), labels: [Int] = []
      let weight = Matrix(rows: 2, columns: 1, [-1, 1])
      let network = try Network([.linear(Linear(weight: weight, bias: nil))])
      let inputs = Self.draw(4000, share: 0.5, seed: 1, labels: &labels)
      subject.context.source = SourceStatistics(inputs: inputs, classShares: [0.5, 0.5])
      subject.context.samples = SourceSamples(inputs: inputs, labels: labels)
      return CorrectionSubject(network: network, context: subject.context)
    }
  }

  /// Rows of which a share is of class 1.
  private static func draw(_ rows: Int, share: Float, seed: UInt64, labels: inout [Int]) -> Matrix {
    var generator = Philox(seed: seed)
    labels = (0..<rows).map { _ in generator.nextUniform() < share ? 1 : 0 }
    return Matrix(rows: rows, columns: 1, labels.map { Float(2 * $0 - 1) + Float(generator.nextNormal()) })
  }

  @Test func `class shares of nine in ten are found, and errors fall`() throws {
    let subject = try calibrated
    var labels: [Int] = []
    let rows = Self.draw(2000, share: 0.9, seed: 2, labels: &labels)
    func errors(_ logits: Matrix) -> Int { zip(logits.rowArgmax, labels).filter { $0 != $1 }.count }
    let source = errors(try subject.network.predict(rows))
    #expect((250...380).contains(source))  // 16 %

    let estimation = try Recipe<LabelShiftEM>()
    var state = try estimation.start(subject.network, in: subject.context)
    #expect(errors(try estimation.predict(rows, &state)) < source * 6 / 10)
    // The logits differ by ln(π / s), the same in all rows.
    let first = rows.rows(0..<1), before = try subject.network.predict(first)
    let change = try estimation.predict(rows, &state).rows(0..<1) - before
    #expect(abs(Double(exp(change[0, 1])) * 0.5 - 0.9) < 0.03)

    var settings = ShiftEstimation.Configuration()
    (settings.decay, settings.ridge) = (0, 0)
    let weighted = try subject.answers(ShiftEstimation.self, settings, to: [rows])[0]
    #expect(errors(weighted) < source * 6 / 10)
    #expect(abs(Double(exp((weighted.rows(0..<1) - before)[0, 1])) - 1.8) < 0.1)
    let handled = try subject.answers(LabelDistributionHandler.self, to: [rows, rows])[1]
    #expect(errors(handled) < source)
  }

  @Test func `weights solve the normal equations with a ridge, within their limits`() throws {
    var subject = CorrectionSubject(classes: 2)
    let samples = try #require(subject.context.samples)
    // Every fifth label wrong.
    let labels = try #require(samples.labels).enumerated().map { $0 % 5 == 0 ? 1 - $1 : $1 }
    subject.context.samples?.labels = labels
    var joint = [[0.0, 0.0], [0.0, 0.0]]
    for (p, y) in zip(try subject.network.predict(samples.inputs).rowArgmax, labels) { joint[p][y] += 1 / 300 }
    let batch = subject.batch(10), logits = try subject.network.predict(batch)
    let ones = Double(logits.rowArgmax.filter { $0 == 1 }.count) / 10
    let q = [0.75 * (joint[0][0] + joint[0][1]) + 0.25 * (1 - ones), 0.75 * (joint[1][0] + joint[1][1]) + 0.25 * ones]
    var g = [[0.0, 0.0], [0.0, 0.0]], right = [0.0, 0.0]
    for i in 0..<2 {
      for j in 0..<2 { g[i][j] = joint[0][i] * joint[0][j] + joint[1][i] * joint[1][j] }
      right[i] = joint[0][i] * q[0] + joint[1][i] * q[1]
    }
    let ridge = 0.2 * (g[0][0] + g[1][1]) / 2
    let (a, b, d) = (g[0][0] + ridge, g[0][1], g[1][1] + ridge), determinant = a * d - b * b
    right = right.map { $0 + ridge }
    let w = [(d * right[0] - b * right[1]) / determinant, (a * right[1] - b * right[0]) / determinant]
    var settings = ShiftEstimation.Configuration()
    (settings.decay, settings.ridge) = (0.75, 0.2)
    let answer = try subject.answers(ShiftEstimation.self, settings, to: [batch])[0]
    let expected = logits.lists.map { row in [row[0] + log(w[0]), row[1] + log(w[1])] }
    #expect(answer.distance(from: expected) < 1e-5)
  }

  @Test func `small batches, equal rows, and classes that nobody has seen have finite answers`() throws {
    for classes in [2, 3] {
      var subject = CorrectionSubject(classes: classes)
      subject.context.source?.classShares = [1] + Array(repeating: 0, count: classes - 1)
      subject.context.samples?.labels = Array(repeating: 0, count: 300)
      var broken = subject.batch(4)
      broken[2, 0] = .nan
      let batches = subject.hostile + [broken, subject.batch(6)], unread = batches.count - 2
      var plain = PriorEstimation.Configuration()
      plain.sourceRows = 0
      for answers in [
        try subject.answers(LabelDistributionHandler.self, to: batches),
        try subject.answers(PriorEstimation.self, to: batches),
        try subject.answers(PriorEstimation.self, plain, to: batches),
        try subject.answers(ShiftEstimation.self, to: batches),
      ] {
        for (index, answer) in answers.enumerated() where index != unread {
          #expect(answer.isFinite, "batch \(index)")
        }
      }
    }
  }

  @Test func `what is missing is said`() throws {
    var context = subject.context
    context.source?.classShares = []
    let shares = #expect(throws: MissingClassShares.self) {
      try Recipe<AdapTable>().start(subject.network, in: context)
    }
    #expect(
      shares?.description
        == "strategy 'adaptable' needs the share of each of 3 classes in the training data, and the model has 0; train the "
        + "model with attune, or choose another strategy")
    context.source = nil
    #expect(throws: MissingSourceStatistics(strategy: "label-shift-em")) {
      try Recipe<LabelShiftEM>().start(subject.network, in: context)
    }
    context.samples?.labels = nil
    let labels = #expect(throws: MissingSourceLabels.self) { try Recipe<BBSE>().start(subject.network, in: context) }
    #expect(
      labels?.description
        == "strategy 'bbse' needs the classes of its rows of the training data, and they are not given; give them, or choose "
        + "a strategy that needs no labels of the source")
    context.samples?.labels = Array(repeating: 0, count: 300)
    var settings = ShiftEstimation.Configuration()
    settings.ridge = 0
    let singular = #expect(throws: SingularConfusion.self) {
      try Recipe<BBSE> { $0.correction = [.part(ShiftEstimation.self, settings)] }.start(subject.network, in: context)
    }
    #expect(
      singular?.description
        == "strategy 'bbse' cannot tell the classes apart by their predictions: the confusion matrix on the rows of the "
        + "training data has no inverse, as where a class has no rows or is never predicted; set 'ridge' above 0, or give "
        + "more rows")
  }

  @Test func `settings out of range are refused`() {
    var handler = LabelDistributionHandler.Configuration()
    (handler.lowerQuantile, handler.upperQuantile) = (0.6, 0.5)
    #expect(throws: ConfigValueError("must be at least 0.6 and at most 1", key: "upperQuantile", given: "0.5")) {
      try handler.validate()
    }
    var estimation = PriorEstimation.Configuration()
    estimation.rows = 0
    #expect(throws: ConfigValueError("must be at least 1", key: "rows", given: "0")) { try estimation.validate() }
    var weights = ShiftEstimation.Configuration()
    weights.maximumWeight = 0.5
    #expect(throws: ConfigValueError("must be a finite number of at least 1", key: "maximumWeight")) {
      try weights.validate()
    }
  }
}
