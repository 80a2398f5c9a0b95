import AttuneCore
import AttuneInference
import AttuneTraining
import Testing

@Suite struct StudentTests {
  /// A wide random network with outputs of about ±1.
  private func teacher(outputs: Int, batchNorm: Bool = false) -> Network {
    var generator = Philox(seed: 41)
    var network = Network.mlp(
      inputDimension: 4, hidden: [64], outputDimension: outputs, activation: .tanh, batchNorm: batchNorm,
      using: &generator)
    for id in network.parameterIDs { network[id] = network[id].scaled(by: 2) }
    return network
  }

  private func inputs(_ rows: Int, seed: UInt64) -> Matrix {
    var generator = Philox(seed: seed)
    return generator.normal(rows: rows, columns: 4)
  }

  @Test(arguments: [1.0, 4, 20]) func `a student agrees with its teacher on most rows it never saw`(
    temperature: Double
  ) throws {
    let teacher = teacher(outputs: 3), fresh = inputs(1000, seed: 43)
    var student = Student()
    student.temperature = temperature
    let (network, report) = try student.distill(
      teacher, task: .classification, inputs: inputs(800, seed: 42), using: Philox(seed: 1))
    let agreements = zip(try network.predict(fresh).rowArgmax, try teacher.predict(fresh).rowArgmax)
      .count { $0 == $1 }
    #expect(agreements > 900, "T = \(temperature): \(agreements) of 1000")
    #expect(network.parameterCount < teacher.parameterCount)
    #expect(report.losses.count == 30 && report.operations > 0)
    // Batch norm of its own: it can be adapted like its teacher.
    #expect(network.normalizationLayers == [1])
  }

  @Test func `a regression student follows its teacher's values`() throws {
    let teacher = teacher(outputs: 2), fresh = inputs(1000, seed: 43)
    var student = Student()
    (student.epochs, student.batchNorm) = (60, false)
    let (network, _) = try student.distill(
      teacher, task: .regression, inputs: inputs(800, seed: 42), using: Philox(seed: 1))
    let found = DoubleMatrix(try network.predict(fresh)), wanted = DoubleMatrix(try teacher.predict(fresh))
    let means = wanted.columnMeans
    var residual = 0.0, total = 0.0
    for i in 0..<1000 {
      for k in 0..<2 {
        residual += (found[i, k] - wanted[i, k]) * (found[i, k] - wanted[i, k])
        total += (wanted[i, k] - means[k]) * (wanted[i, k] - means[k])
      }
    }
    #expect(1 - residual / total > 0.9, "R² = \(1 - residual / total)")
  }

  @Test func `the gradient of distillation keeps its size for every temperature`() {
    var generator = Philox(seed: 44)
    let student = generator.normal(rows: 16, columns: 5), teacher = generator.normal(rows: 16, columns: 5)
    func gradient(_ temperature: Double) -> [Float] {
      let tape = Tape(), logits = tape.variable(student)
      let loss = Loss.distillation(temperature: temperature)(logits, targets: teacher)
      return tape.gradients(of: loss, withRespectTo: [logits])[0].elements
    }
    func size(_ values: [Float]) -> Float { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    // Hinton et al., eq. (4): for a high T it is (z − v) / (n·k), both logits centered by row.
    func centered(_ m: Matrix) -> Matrix {
      Matrix(
        (0..<16).map { i in
          let row = m.row(i), mean = row.reduce(0, +) / 5
          return row.map { $0 - mean }
        })
    }
    let limit = zip(centered(student).elements, centered(teacher).elements).map { ($0 - $1) / (16 * 5) }
    for temperature in [1.0, 2, 4, 10, 30, 100] {
      let ratio = size(gradient(temperature)) / size(limit)
      #expect(ratio > 0.5 && ratio < 1.5, "T = \(temperature): \(ratio)")
    }
    for (found, wanted) in zip(gradient(100), limit) { #expect(abs(found - wanted) < 0.03 * size(limit)) }
  }

  @Test func `the same seed gives the same student`() throws {
    let teacher = teacher(outputs: 3), data = inputs(100, seed: 42)
    func distilled(_ seed: UInt64) throws -> Network {
      try Student().distill(teacher, task: .classification, inputs: data, using: Philox(seed: seed)).network
    }
    #expect(try distilled(7) == distilled(7))
    #expect(try distilled(7) != distilled(8))
  }

  @Test func `a student without hidden layers is a linear model`() throws {
    var student = Student()
    student.hidden = []
    let (network, _) = try student.distill(
      teacher(outputs: 1), task: .regression, inputs: inputs(200, seed: 42), using: Philox(seed: 1))
    #expect(network.layers.count == 1)
  }

  @Test func `inputs that do not fit the teacher are refused`() {
    let error = #expect(throws: ShapeError.self) {
      try Student().distill(
        teacher(outputs: 3), task: .classification, inputs: Matrix(rows: 10, columns: 5), using: Philox(seed: 1))
    }
    #expect(error?.description == "network: expected 4 input features, found 5 columns")
  }

  @Test func `settings out of their range are refused with the key, also by distill`() {
    let cases: [(String, (inout Student) -> Void)] = [
      ("hidden: must be widths above 0", { $0.hidden = [8, 0] }),
      ("temperature: must be a finite number above 0", { $0.temperature = 0 }),
      ("temperature: must be a finite number above 0", { $0.temperature = .infinity }),
      ("epochs: must be an integer of at least 1", { $0.epochs = 0 }),
      ("batchSize: must be an integer of at least 1", { $0.batchSize = 0 }),
      // Training leaves out batches of one row where there is batch norm: nothing would be learned.
      ("batchSize: must be at least 2 with batchNorm: true", { $0.batchSize = 1 }),
    ]
    for (text, change) in cases {
      var student = Student()
      change(&student)
      let error = #expect(throws: ConfigValueError.self) {
        try student.distill(
          teacher(outputs: 3), task: .classification, inputs: inputs(10, seed: 1), using: Philox(seed: 1))
      }
      #expect(error?.description == text)
    }
  }
}
