import AttuneCore
import AttuneInference
import Foundation
import Testing

/// `t3a` and `foa-shift`.
@Suite struct FeatureCorrectionTests {
  private let subject = CorrectionSubject()

  @Test func `prototypes are those of the rows that stay, counted one by one`() throws {
    guard case .linear(let layer)? = subject.network.layers.last else { return #expect(Bool(false)) }
    var settings = TemplateAdjustment.Configuration()
    settings.filter = .lowest(2)
    let batches = [subject.batch(7), subject.batch(5, seed: 9)]
    let answers = try subject.answers(TemplateAdjustment.self, settings, to: batches)
    var supports: [(f: [Double], label: Int, entropy: Double)] = []
    func add(_ features: Matrix, _ logits: Matrix) {
      for (row, p) in softmax(logits.lists).enumerated() {
        supports.append((features.lists[row], logits.rowArgmax[row], -p.reduce(0) { $0 + $1 * log($1) }))
      }
    }
    add(layer.weight, layer.weight.linear(weight: layer.weight, bias: layer.bias))
    func unit(_ row: [Double]) -> [Double] {
      let length = max(row.reduce(0) { $0 + $1 * $1 }.squareRoot(), 1e-12)
      return row.map { $0 / length }
    }
    for (batch, answer) in zip(batches, answers) {
      let features = try subject.network.features(batch)
      add(features, try subject.network.predict(batch))
      supports = (0..<3).flatMap { label in
        supports.filter { $0.label == label }.sorted { $0.entropy < $1.entropy }.prefix(2)
      }
      let prototypes = (0..<3).map { label in
        unit(
          supports.filter { $0.label == label }.map { unit($0.f) }
            .reduce(Array(repeating: 0, count: 6)) { zip($0, $1).map { $0 + $1 } })
      }
      let expected = features.lists.map { f in prototypes.map { zip(f, $0).reduce(0) { $0 + $1.0 * $1.1 } } }
      #expect(answer.distance(from: expected) < 1e-5)
    }
  }

  @Test func `the filter is a number or 'all', and asPublished needs 'all'`() throws {
    let decoder = JSONDecoder()
    #expect(try decoder.decode(TemplateAdjustment.Filter.self, from: Data("20".utf8)) == .lowest(20))
    #expect(try decoder.decode(TemplateAdjustment.Filter.self, from: Data(#""all""#.utf8)) == .all)
    #expect(throws: ConfigValueError("must be an integer or 'all'", given: "most", known: ["all"])) {
      try decoder.decode(TemplateAdjustment.Filter.self, from: Data(#""most""#.utf8))
    }
    var settings = TemplateAdjustment.Configuration()
    settings.asPublished = true
    let unfit = ConfigValueError("changes nothing unless 'filter' is 'all'; leave it out", key: "asPublished")
    #expect(throws: unfit) { try settings.validate() }
    settings.filter = .lowest(0)
    #expect(throws: ConfigValueError("must be at least 1", key: "filter", given: "0")) { try settings.validate() }
  }

  @Test func `features move by what the mean of the batches before is off`() throws {
    let batches = [subject.batch(8), subject.batch(3, seed: 8), subject.batch(1, seed: 2)]
    var settings = FeatureShift.Configuration()
    (settings.decay, settings.strength) = (0.7, 0.5)
    let answers = try subject.answers(FeatureShift.self, settings, to: batches)
    guard case .linear(let layer)? = subject.network.layers.last else { return #expect(Bool(false)) }
    let source = DoubleMatrix(try subject.network.features(try #require(subject.context.samples).inputs)).columnMeans
    var mean: [Double]?
    for (batch, answer) in zip(batches, answers) {
      let features = try subject.network.features(batch).lists, weights = layer.weight.lists
      let bias = try #require(layer.bias?.lists.first)
      let shift = mean.map { zip(source, $0).map { 0.5 * ($0 - $1) } } ?? source.map { _ in 0 }
      let expected = features.map { row in
        zip(weights, bias).map { w, b in
          b + zip(zip(row, shift), w).reduce(0) { $0 + ($1.0.0 + $1.0.1) * $1.1 }
        }
      }
      #expect(answer.distance(from: expected) < 1e-5)
      let own = DoubleMatrix(features).columnMeans
      mean = mean.map { zip($0, own).map { 0.7 * $0 + 0.3 * $1 } } ?? own
    }
    #expect(answers[0] == (try subject.network.predict(batches[0])))
  }

  @Test func `small batches, equal rows and rows that are not finite do no harm`() throws {
    var broken = subject.batch(4)
    broken[2, 0] = .infinity
    let batches = subject.hostile + [broken, subject.batch(6)]
    for index in batches.indices where index != batches.count - 2 {
      #expect(try subject.answers(TemplateAdjustment.self, to: batches)[index].isFinite)
      #expect(try subject.answers(FeatureShift.self, to: batches)[index].isFinite)
    }
  }

  @Test func `a network without a linear output is refused, as is a source without rows`() throws {
    let open = try Network(subject.network.layers + [.activation(.tanh)])
    let error = #expect(throws: NoLinearOutput.self) { try Recipe<T3A>().start(open, in: subject.context) }
    #expect(
      error?.description
        == "strategy 't3a' works on the linear output layer, and the network has other layers after it; choose another "
        + "strategy")
    #expect(throws: NoLinearOutput.self) { try Recipe<FOAShift>().start(open, in: subject.context) }
    var context = subject.context
    context.samples = nil
    #expect(throws: MissingSourceSamples(strategy: "foa-shift")) {
      try Recipe<FOAShift>().start(subject.network, in: context)
    }
  }
}
