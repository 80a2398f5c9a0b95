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
      ("rmsprop momentum", 13), ("rmsprop centered", 17), ("rmsprop centered momentum", 19),
    ])
  func `the operations of a step are counted, as many for each element`(name: String, each: Int) throws {
    let optimizer = try OptimizerCases.make(name)
    let start = Matrix([[1, 2], [3, 4]])
    let counted = OperationCounter.count { optimizer.replayed(start, along: [Self.gradients[0]]) }
    #expect(counted.operations == 4 * each)
  }

  @Test func `the defaults are PyTorch's`() throws {
    #expect(try SGD().learningRate == 1e-3)
    let adam = try Adam()
    #expect([adam.learningRate, adam.beta1, adam.beta2, adam.epsilon] == [1e-3, 0.9, 0.999, 1e-8])
    #expect(adam.weightDecay == 0)
    #expect(try AdamW().weightDecay == 1e-2)
    let rmsprop = try RMSprop()
    #expect([rmsprop.learningRate, rmsprop.alpha, rmsprop.epsilon, rmsprop.momentum] == [1e-2, 0.99, 1e-8, 0])
  }
}
