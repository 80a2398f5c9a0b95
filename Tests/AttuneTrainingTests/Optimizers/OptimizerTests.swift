import AttuneCore
import Testing

@testable import AttuneTraining

@Suite struct OptimizerTests {
  static let gradients = [Matrix([[1, -2], [0.5, 0]]), Matrix([[0.75, 3], [0.25, 1]])]

  @Test(arguments: OptimizerCases.names)
  func `a learning rate of zero changes no parameter`(name: String) throws {
    var optimizer = try OptimizerCases.make(name)
    optimizer.learningRate = 0
    let start = Matrix([[1, 2], [3, 4]])
    #expect(optimizer.replayed(start, along: Self.gradients) == start)
  }

  @Test(arguments: OptimizerCases.names)
  func `the parameter's own copy is changed and no other`(name: String) throws {
    let start = Matrix([[1, 2], [3, 4]])
    let moved = try OptimizerCases.make(name).replayed(start, along: Self.gradients)
    #expect(start.elements == [1, 2, 3, 4])
    #expect(moved[0, 0] != 1)
  }

  @Test(arguments: OptimizerCases.names)
  func `a copied state goes on where it was copied`(name: String) throws {
    try Self.checkResume(OptimizerCases.make(name))
  }

  private static func checkResume<O: OptimizerWithTwin>(_ optimizer: O) throws {
    let start = Matrix([[1, 2], [3, 4]])
    var (parameter, state) = (start, optimizer.initialState(for: start))
    optimizer.update(&parameter, along: gradients[0], &state)
    let (savedParameter, savedState) = (parameter, state)
    optimizer.update(&parameter, along: gradients[1], &state)
    var (resumed, resumedState) = (savedParameter, savedState)
    optimizer.update(&resumed, along: gradients[1], &resumedState)
    #expect(resumed == parameter)
    #expect(parameter != savedParameter)
  }

  @Test(arguments: OptimizerCases.names, [0, 1])
  func `parameters of no or one element are fine`(name: String, columns: Int) throws {
    let start = Matrix(rows: 1, columns: columns, repeating: 1)
    let moved = try OptimizerCases.make(name).replayed(start, along: [start, start])
    #expect(moved.shape == start.shape)
    #expect(moved.elements.allSatisfy { $0 < 1 })
  }

  @Test(arguments: OptimizerCases.names)
  func `NaN in the gradient stays visible`(name: String) throws {
    let start = Matrix(row: [1, 1])
    let moved = try OptimizerCases.make(name).replayed(start, along: [Matrix(row: [.nan, 1])])
    #expect(moved[0, 0].isNaN)
    #expect(moved[0, 1].isFinite)
  }

  @Test func `dampening spares the first gradient`() throws {
    let optimizer = try SGD(learningRate: 1, momentum: 0.5, dampening: 0.25)
    let one = Matrix(row: [1])
    // velocity 1, then 0.5·1 + 0.75·1 = 1.25
    #expect(optimizer.replayed(Matrix(row: [0]), along: [one, one]).elements == [-2.25])
  }

  @Test func `a schedule changes the size of the step, not the velocity`() throws {
    var optimizer = try SGD(learningRate: 1, momentum: 0.5)
    var (parameter, state) = (Matrix(row: [0]), optimizer.initialState(for: Matrix(row: [0])))
    optimizer.update(&parameter, along: Matrix(row: [1]), &state)
    optimizer.learningRate = 0.5
    optimizer.update(&parameter, along: Matrix(row: [1]), &state)
    #expect(parameter.elements == [-1.75])
    #expect(state == SGD.State(momentumBuffer: Matrix(row: [1.5]), steps: 2))
  }

  @Test(arguments: [1e-6, 1, 1e6] as [Float])
  func `Adam's first step is the learning rate at any scale of the gradient`(scale: Float) throws {
    let optimizer = try Adam(learningRate: 0.5)
    let moved = optimizer.replayed(Matrix(row: [0, 0]), along: [Matrix(row: [scale, -scale])])
    let expected = 0.5 * scale / (scale + 1e-8)
    #expect(abs(moved[0, 0] + expected) <= 2e-7 && abs(moved[0, 1] - expected) <= 2e-7)
  }

  @Test func `AdamW shrinks a parameter without gradient, Adam's decay steps it`() throws {
    let zero = Matrix(row: [0])
    let shrunk = try AdamW(learningRate: 0.1, weightDecay: 0.5).replayed(Matrix(row: [2]), along: [zero])
    #expect(abs(shrunk[0, 0] - 1.9) < 2e-7)
    let stepped = try Adam(learningRate: 0.1, weightDecay: 0.25).replayed(Matrix(row: [3]), along: [zero])
    #expect(abs(stepped[0, 0] - 2.9) < 3e-7)
  }

  @Test func `a centered variance that rounding makes negative counts as zero`() throws {
    let optimizer = try RMSprop(learningRate: 1, alpha: 0.5, epsilon: 1, centered: true)
    let gradients = (0..<200).map { _ in Matrix(row: [0.1, 0.3, 0.7]) }
    #expect(optimizer.replayed(Matrix(row: [0, 0, 0]), along: gradients).isFinite)
  }

  @Test(
    arguments: [
      ("sgd", 4), ("sgd momentum", 7), ("sgd nesterov decay", 9), ("adam", 16), ("adamw", 16), ("rmsprop", 11),
      ("rmsprop momentum", 13), ("rmsprop centered", 17), ("rmsprop centered momentum", 19), ("adam amsgrad", 17),
      ("adamw amsgrad", 17), ("nadam", 17), ("radam", 11), ("radam decay", 11), ("adagrad", 9), ("adadelta", 18),
      ("adamax", 11),
    ])
  func `the operations of a step are counted, as many for each element`(name: String, each: Int) throws {
    let optimizer = try OptimizerCases.make(name)
    let start = Matrix([[1, 2], [3, 4]])
    let counted = OperationCounter.count { optimizer.replayed(start, along: [Self.gradients[0]]) }
    #expect(counted.operations == 4 * each)
  }

  @Test func `a rectified step of RAdam divides, and counts it`() throws {
    let start = Matrix([[1, 2], [3, 4]])
    let rule = try RAdam()
    let first = OperationCounter.count { rule.replayed(start, along: Array(repeating: start, count: 5)) }.operations
    let all = OperationCounter.count { rule.replayed(start, along: Array(repeating: start, count: 6)) }.operations
    #expect(first == 5 * 4 * 11)
    #expect(all - first == 4 * 14)
  }

  @Test func `RAdam at the default beta2 steps along the plain mean five times`() throws {
    let rule = try RAdam()
    #expect((1...5).allSatisfy { rule.rectification(at: $0) == nil })
    #expect(rule.rectification(at: 6) != nil)
    // beta2 = 0 has a limit of 1: never rectified
    #expect(try RAdam(beta2: 0).rectification(at: 100_000) == nil)
  }

  @Test func `AMSGrad's step does not grow back after one large gradient, Adam's does`() throws {
    let gradients = [Matrix(row: [100])] + Array(repeating: Matrix(row: [1]), count: 100)
    let steps = { (rule: any Optimizer) in
      let before = rule.replayed(Matrix(row: [0]), along: gradients)
      return before[0, 0] - rule.replayed(Matrix(row: [0]), along: gradients + [Matrix(row: [1])])[0, 0]
    }
    // By now m = 1 up to 100·0.1·0.9¹⁰¹; the largest v is 5000 for AMSGrad, and 1 again for Adam.
    let adam = steps(try Adam(learningRate: 1, beta2: 0.5)),
      amsgrad = steps(try Adam(learningRate: 1, beta2: 0.5, amsgrad: true))
    #expect(abs(adam - 1) < 2e-3)
    #expect(abs(amsgrad - 1 / Float(5000).squareRoot()) < 2e-5)
  }

  @Test func `Adagrad's step falls as the root of the number of equal gradients`() throws {
    let one = Matrix(row: [1])
    let rule = try Adagrad(learningRate: 1)
    let steps = (0..<4).map { n in
      rule.replayed(Matrix(row: [0]), along: Array(repeating: one, count: n))[0, 0]
        - rule.replayed(Matrix(row: [0]), along: Array(repeating: one, count: n + 1))[0, 0]
    }
    for (index, step) in steps.enumerated() { #expect(abs(step - 1 / Float(index + 1).squareRoot()) < 1e-6) }
  }

  @Test func `Adagrad's learning rate falls with the number of steps`() throws {
    let rule = try Adagrad(learningRate: 1, learningRateDecay: 0.5)
    // 1, then 1/1.5/√2
    let moved = rule.replayed(Matrix(row: [0]), along: Array(repeating: Matrix(row: [1]), count: 2))
    #expect(abs(moved[0, 0] + 1 + 1 / (1.5 * Float(2).squareRoot())) < 1e-6)
  }

  @Test(arguments: [1e-3, 1, 1e3] as [Float])
  func `Adamax's first step is the learning rate at any scale of the gradient`(scale: Float) throws {
    let moved = try Adamax(learningRate: 0.5).replayed(Matrix(row: [0, 0]), along: [Matrix(row: [scale, -scale])])
    #expect(abs(moved[0, 0] + 0.5) <= 1e-5 && abs(moved[0, 1] - 0.5) <= 1e-5)
  }

  @Test func `the defaults are PyTorch's`() throws {
    #expect(try SGD().learningRate == 1e-3)
    let adam = try Adam()
    #expect([adam.learningRate, adam.beta1, adam.beta2, adam.epsilon] == [1e-3, 0.9, 0.999, 1e-8])
    #expect(adam.weightDecay == 0)
    #expect(try AdamW().weightDecay == 1e-2)
    let rmsprop = try RMSprop()
    #expect([rmsprop.learningRate, rmsprop.alpha, rmsprop.epsilon, rmsprop.momentum] == [1e-2, 0.99, 1e-8, 0])
    let nadam = try NAdam()
    #expect([nadam.learningRate, nadam.beta1, nadam.beta2, nadam.epsilon] == [2e-3, 0.9, 0.999, 1e-8])
    #expect([nadam.momentumDecay, nadam.weightDecay] == [4e-3, 0])
    let radam = try RAdam()
    #expect([radam.learningRate, radam.beta1, radam.beta2, radam.epsilon] == [1e-3, 0.9, 0.999, 1e-8])
    let adagrad = try Adagrad()
    #expect([adagrad.learningRate, adagrad.learningRateDecay, adagrad.epsilon] == [1e-2, 0, 1e-10])
    let adadelta = try Adadelta()
    #expect([adadelta.learningRate, adadelta.rho, adadelta.epsilon] == [1, 0.9, 1e-6])
    let adamax = try Adamax()
    #expect([adamax.learningRate, adamax.beta1, adamax.beta2, adamax.epsilon] == [2e-3, 0.9, 0.999, 1e-8])
    #expect(try !Adam().amsgrad && !AdamW().amsgrad)
  }
}
