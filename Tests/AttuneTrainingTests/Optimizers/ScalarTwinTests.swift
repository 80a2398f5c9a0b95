import AttuneCore
import Foundation
import Testing

@testable import AttuneTraining

/// The twins against golden values in Double, and the vector kernels against the twins.
@Suite struct ScalarTwinTests {
  /// Rosenbrock's `(1 − x)² + 100 (y − x²)²` from (−1.5, 2): (x, y) after 1, 2 and 10 steps of PyTorch in float64.
  static let golden: [String: [[Double]]] = [
    "sgd": [[-1.345, 2.05], [-1.46995455, 2.001805], [-1.42221447583755, 2.00141663834749]],
    "momentum": [[-1.345, 2.05], [-1.33045455, 2.046805], [-1.30120098952815, 1.91056744729997]],
    "nesterov": [[-1.2055, 2.095], [-1.659545709555, 1.891627495], [-0.861506272974498, 0.735808910421461]],
    "momentum decay": [
      [-1.34485, 2.0498], [-1.33013036518635, 2.0461793245], [-1.29776530415218, 1.90143028426665],
    ],
    "nesterov decay": [
      [-1.205215, 2.09462], [-1.65905354439688, 1.8905708367655], [-0.858310594518197, 0.730263057755917],
    ],
    "rmsprop": [
      [-1.40000000006452, 2.0999999998], [-1.44306988100449, 2.05095261571798], [-1.42725614206911, 2.04327309152907],
    ],
    "rmsprop momentum": [
      [-1.40000000006452, 2.0999999998], [-1.35306988106256, 2.14095261553798],
      [-1.36278331828843, 2.01737849628013],
    ],
    "rmsprop centered": [
      [-1.39949621853925, 2.1005037813239], [-1.44310804557224, 2.05091592451947],
      [-1.42726625904461, 2.04330557771161],
    ],
    "adam": [
      [-1.49000000000065, 2.009999999998], [-1.48008276257935, 2.01991756417939],
      [-1.41764253362795, 2.08118048517204],
    ],
    "adam decay": [
      [-1.49000000000064, 2.00999999999799], [-1.48008264217347, 2.01991702727178],
      [-1.41760169520922, 2.08099926299052],
    ],
    "adamw": [
      [-1.48850000000065, 2.007999999998], [-1.47710286699877, 2.0159013539723], [-1.40528799511344, 2.05848222180783],
    ],
    "adam amsgrad": [
      [-1.49000000000065, 2.009999999998], [-1.47978496653089, 2.02021453146715],
      [-1.42527987784993, 2.07379201305631],
    ],
    "radam": [[0.05, 2.5], [1.0571052631579, 0.107894736842105], [-0.442821183459463, -0.330831620974224]],
    "adagrad": [
      [-1.40000000000006, 2.0999999999998], [-1.4428937933523, 2.0511396631068], [-1.42741668990301, 2.04373381557655],
    ],
    "adadelta": [
      [-1.49683772234049, 2.00316227765384], [-1.4936747561162, 2.0063258216451],
      [-1.47174800307883, 2.02822567324261],
    ],
    "adamax": [
      [-1.49000000000065, 2.009999999998], [-1.48083295179845, 2.01916916916542],
      [-1.4337751010188, 2.06569868045729],
    ],
  ]

  static func optimizer(_ name: String) throws -> any OptimizerWithTwin {
    switch name {
    case "sgd": try SGD(learningRate: 1e-3)
    case "momentum": try SGD(learningRate: 1e-3, momentum: 0.9)
    case "nesterov": try SGD(learningRate: 1e-3, momentum: 0.9, nesterov: true)
    case "momentum decay": try SGD(learningRate: 1e-3, momentum: 0.9, weightDecay: 0.1)
    case "nesterov decay": try SGD(learningRate: 1e-3, momentum: 0.9, weightDecay: 0.1, nesterov: true)
    case "rmsprop": try RMSprop(learningRate: 1e-2)
    case "rmsprop momentum": try RMSprop(learningRate: 1e-2, momentum: 0.9)
    case "rmsprop centered": try RMSprop(learningRate: 1e-2, centered: true)
    case "adam": try Adam(learningRate: 1e-2)
    case "adam decay": try Adam(learningRate: 1e-2, weightDecay: 0.1)
    case "adamw": try AdamW(learningRate: 1e-2, weightDecay: 0.1)
    case "adam amsgrad": try Adam(learningRate: 1e-2, beta2: 0.5, amsgrad: true)
    case "radam": try RAdam(learningRate: 1e-2)
    case "adagrad": try Adagrad(learningRate: 0.1)
    case "adadelta": try Adadelta()
    case "adamax": try Adamax(learningRate: 1e-2)
    default: throw OptimizerCases.UnknownCase(name: name)
    }
  }

  /// The table prints 15 digits; 1e-12 leaves room for the order of operations.
  static let goldenTolerance = 1e-12

  @Test(arguments: golden.keys.sorted())
  func `the twin walks down Rosenbrock's valley as PyTorch does`(name: String) throws {
    let expected = try #require(Self.golden[name])
    let found = Self.walk(try Self.optimizer(name), steps: [1, 2, 10])
    for (found, expected) in zip(found.joined(), expected.joined()) {
      #expect(abs(found - expected) <= Self.goldenTolerance * abs(expected), "\(found), expected \(expected)")
    }
  }

  @Test(arguments: OptimizerReferenceTests.names.filter { !$0.hasPrefix("sgd") })
  func `the twin walks with the settings of the replayed runs, too`(name: String) throws {
    let fixture = try FixtureFile.decode(OptimizerReferenceTests.Fixture.self, from: "optimizers/mlp.json")
    let expected = try #require(fixture.rosenbrock[name])
    let settings = try #require(fixture.runs[name]).settings
    let optimizer = try OptimizerReferenceTests.optimizer(name, settings)
    let found = Self.walk(optimizer, steps: [1, 2, 10])
    for (found, expected) in zip(found.joined(), expected.joined()) {
      // A large step leaves the valley and multiplies the rounding of the steps before: relative to the start at least.
      #expect(
        abs(found - expected) <= Self.goldenTolerance * max(1, abs(expected)), "\(found), expected \(expected)")
    }
  }

  private static func walk<O: OptimizerWithTwin>(_ optimizer: O, steps: [Int]) -> [[Double]] {
    var (x, y) = (-1.5, 2.0)
    var (xState, yState) = (optimizer.scalarState(), optimizer.scalarState())
    var kept: [[Double]] = []
    for step in 1...10 {
      let xGradient = -2 * (1 - x) - 400 * x * (y - x * x)
      let yGradient = 200 * (y - x * x)
      optimizer.step(&x, along: xGradient, &xState)
      optimizer.step(&y, along: yGradient, &yState)
      if steps.contains(step) { kept.append([x, y]) }
    }
    return kept
  }

  /// Of the largest parameter: float32 rounds to 6e-8 a step, and errors of 20 steps add up in part.
  static let kernelTolerance = 1e-6

  /// 37 elements: full vectors of every instruction set and a rest.
  @Test(arguments: OptimizerCases.names, [1, 5, 37])
  func `the kernel does to every element what the twin does`(name: String, columns: Int) throws {
    let error = Self.kernelError(try OptimizerCases.make(name), columns: columns, steps: 20)
    #expect(error <= Self.kernelTolerance, "error \(error) of the largest parameter")
  }

  private static func kernelError<O: OptimizerWithTwin>(_ optimizer: O, columns: Int, steps: Int) -> Double {
    let start = Matrix(row: (0..<columns).map { 1 + Float($0) / 8 })
    let gradients = (0..<steps).map { step in
      Matrix(rows: 1, columns: columns) { out in
        for column in 0..<columns { out[column] = 0.2 + sin(Float(1 + 7 * column + 3 * step)) }
      }
    }
    let found = optimizer.replayed(start, along: gradients)
    var (error, scale) = (0.0, 0.0)
    for column in 0..<columns {
      var parameter = Double(start[0, column])
      var state = optimizer.scalarState()
      for gradient in gradients { optimizer.step(&parameter, along: Double(gradient[0, column]), &state) }
      error = max(error, abs(Double(found[0, column]) - parameter))
      scale = max(scale, abs(parameter))
    }
    return error / scale
  }
}
