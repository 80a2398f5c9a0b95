import AttuneCore
import Testing

@testable import AttuneTraining

@Suite struct TrainerScheduleTests {
  /// 45 rows in batches of 11, the last of which is a single row: batch norm leaves it out.
  struct Problem {
    let features: Matrix
    let targets: Matrix
    let network: Network
    let generator = Philox(seed: 3)

    init() {
      var generator = Philox(seed: 2)
      features = generator.normal(rows: 45, columns: 4)
      targets = Matrix.oneHot((0..<45).map { $0 % 3 }, classes: 3)
      network = Network.mlp(
        inputDimension: 4, hidden: [6], outputDimension: 3, activation: .tanh, batchNorm: true, dropout: 0.2,
        using: &generator)
    }

    func train(_ trainer: Trainer) throws -> (network: Network, losses: [Double]) {
      var network = network
      let report = try trainer.train(&network, features: features, targets: targets, using: generator)
      return (network, report.losses)
    }
  }

  private func trainer(
    schedule: TrainingSchedule? = nil, clipping: GradientClipping? = nil, maxNorm: Double? = nil,
    groups: [ParameterGroup] = [], epochs: Int = 3
  ) throws -> Trainer {
    Trainer(
      optimizer: try SGD(learningRate: 0.1, momentum: 0.9), loss: .crossEntropy(labelSmoothing: 0), epochs: epochs,
      batchSize: 11, schedule: schedule, clipping: clipping, maxNorm: maxNorm, groups: groups)
  }

  /// Training as it was before there were schedules, limits and groups, step by step.
  private func plainTraining(_ problem: Problem) throws -> Network {
    var network = problem.network
    var states = OptimizerStates(
      try SGD(learningRate: 0.1, momentum: 0.9), for: network.parameterIDs, of: network)
    var order = problem.generator.fork("order"), dropout = problem.generator.fork("dropout")
    for _ in 0..<3 {
      let permutation = order.permutation(45)
      for start in [0, 11, 22, 33] {
        let indices = permutation[start..<(start + 11)], tape = Tape()
        let pass = try network.trainingForward(
          problem.features.rows(at: indices), on: tape, differentiating: network.parameterIDs, using: &dropout)
        let loss = pass.output.crossEntropy(targets: problem.targets.rows(at: indices))
        let gradients = tape.gradients(of: loss, withRespectTo: pass.parameters.map(\.variable))
        network.updateRunningStatistics(pass.statistics, rows: 11)
        states.step(&network, along: gradients)
      }
    }
    return network
  }

  /// The trainer's steps are compiled and round otherwise than the tape.
  @Test func `without schedule, limits and groups it is plain training`() throws {
    let problem = Problem()
    let found = try problem.train(trainer()).network, plain = try plainTraining(problem)
    for (name, tensor) in plain.stateDictionary {
      let trained = try #require(found.stateDictionary[name]).matrix
      #expect((trained - tensor.matrix).elements.allSatisfy { abs($0) < 1e-5 }, "\(name)")
    }
  }

  @Test func `a schedule, limits and groups that change nothing change no bit`() throws {
    let problem = Problem()
    let plain = try problem.train(trainer())
    let idle = try problem.train(
      trainer(
        schedule: .perStep(ConstantRate()), clipping: .norm(1e6), maxNorm: 1e6,
        groups: [ParameterGroup(.layers([0])), ParameterGroup(.biasesAndNorms)]))
    #expect(idle.network == plain.network && idle.losses == plain.losses)
    let patient = try problem.train(trainer(schedule: .onPlateau(ReduceOnPlateau())))
    #expect(patient.network == plain.network)
  }

  @Test func `a schedule of epochs and one of steps see epochs and steps`() throws {
    let problem = Problem()
    // After the first epoch (4 steps) the rate is 0: the parameters are those of one epoch.
    let once = try problem.train(trainer(epochs: 1)).network
    let epochs = try problem.train(trainer(schedule: .perEpoch(StepDecay(size: 1, decay: 0)))).network
    let steps = try problem.train(trainer(schedule: .perStep(StepDecay(size: 4, decay: 0)))).network
    let fewer = try problem.train(trainer(schedule: .perStep(StepDecay(size: 3, decay: 0)))).network
    for id in once.parameterIDs {
      #expect(epochs[id] == once[id] && steps[id] == once[id])
      // The gradient of a bias before batch norm is 0 but for rounding: it may well stay.
      #expect(fewer[id] != once[id] || id == ParameterID(layer: 0, role: .bias))
    }
  }

  @Test func `a schedule knows how many steps there are in all`() throws {
    struct Recorder: LearningRateSchedule {
      static let name = "recorder"
      let check: @Sendable (Int, Int) -> Void
      func factor(at time: Int, of total: Int) -> Double {
        check(time, total)
        return 1
      }
    }
    let problem = Problem()
    _ = try problem.train(
      trainer(schedule: .perStep(Recorder { time, total in #expect((0..<12).contains(time) && total == 12) })))
    _ = try problem.train(
      trainer(schedule: .perEpoch(Recorder { time, total in #expect((0..<3).contains(time) && total == 3) })))
  }

  @Test func `a plateau of the training loss lowers the rate`() throws {
    let problem = Problem()
    // No loss but the first is below a thousandth of the best: the rate falls after the second epoch.
    let rule = try ReduceOnPlateau(decay: 0, patience: 0, threshold: 0.999)
    let twice = try problem.train(trainer(epochs: 2)).network
    let reduced = try problem.train(trainer(schedule: .onPlateau(rule), epochs: 5)).network
    for id in twice.parameterIDs { #expect(reduced[id] == twice[id]) }
  }

  @Test func `max-norm holds after training`() throws {
    let problem = Problem()
    let limited = try problem.train(trainer(maxNorm: 0.25)).network
    for layer in limited.layers {
      guard case .linear(let linear) = layer else { continue }
      for row in 0..<linear.weight.rows {
        #expect(linear.weight.rows(row..<(row + 1)).sumOfSquares.squareRoot() <= 0.25 + 1e-6)
      }
    }
    #expect(limited != (try problem.train(trainer()).network))
  }

  @Test func `clipped gradients bound the step`() throws {
    let problem = Problem()
    var small = try trainer(clipping: .norm(1e-3), epochs: 1)
    small.optimizer = try SGD(learningRate: 1)
    let moved = try problem.train(small).network
    let squares = moved.parameterIDs.reduce(0.0) { $0 + (moved[$1] - problem.network[$1]).sumOfSquares }
    #expect(squares.squareRoot() <= 4 * 1e-3 * (1 + 1e-4) && squares > 0)
  }

  @Test func `12 steps under cosine, clipping and max-norm are those of PyTorch`() throws {
    let mlp = try FixtureFile.decode(OptimizerReferenceTests.Fixture.self, from: "optimizers/mlp.json")
    let fixture = try ScheduleFixture.load()
    var network = try Network([
      .linear(inputs: 6, outputs: 8, bias: true), .activation(.tanh), .linear(inputs: 8, outputs: 3, bias: true),
    ]) { name, shape in
      let values = try #require(mlp.initial[name])
      return shape.count == 2 ? Matrix(rows: shape[0], columns: shape[1], values) : Matrix(row: values)
    }
    let batch = mlp.batches[0]
    let trainer = Trainer(
      optimizer: try SGD(learningRate: fixture.base, momentum: 0.9), loss: .crossEntropy(labelSmoothing: 0), epochs: 12,
      batchSize: 16, schedule: .perEpoch(try CosineAnnealing()), clipping: .norm(0.4), maxNorm: 0.9)
    let report = try trainer.train(
      &network, features: Matrix(rows: 16, columns: 6, batch.features),
      targets: Matrix.oneHot(batch.labels, classes: 3), using: Philox(seed: 1))
    for (found, expected) in zip(report.losses, fixture.training.losses) {
      #expect(abs(Float(found) - expected) < 2e-6)
    }
    for id in network.parameterIDs {
      let expected = try #require(fixture.training.parameters["\(id)"])
      for (found, expected) in zip(network[id].elements, expected) { #expect(abs(found - expected) < 3e-6) }
    }
  }
}
