import AttuneCore
import Foundation
import Testing

@testable import AttuneTraining

@Suite struct CheckpointErrorTests {
  private func middle(_ problem: CheckpointProblem) throws -> TrainingRun {
    try problem.states().states[5]
  }

  private func text(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch { return "\(error)" }
  }

  @Test func `another training is refused with what differs`() throws {
    let problem = try CheckpointProblem(try Adam(learningRate: 0.1))
    let checkpoint = try middle(problem).checkpoint(identity: ["seed": "1", "arm.dropout": "0.5"])
    var other = problem
    other.trainer.epochs = 4
    other.trainer.optimizer = try SGD(learningRate: 0.1)
    var run = try other.start()
    #expect(
      text { try run.restore(checkpoint, identity: ["seed": "2", "arm.dropout": "0.5", "arm.new": "true"]) }
        == "the checkpoint belongs to another training: seed was 1, is 2, arm.new was not set, is true, epochs was 3, "
        + "is 4, optimizer was adam, is sgd; go on with what it was, or start anew without it (--fresh)")
    expectSameBits(run, try other.start(), "a refusal changes nothing")
  }

  @Test func `other kernels are refused`() throws {
    let problem = try CheckpointProblem(try Adam(learningRate: 0.1))
    let run = try middle(problem), name = OpenBLAS.kernels
    let bytes = try run.checkpoint().serialized()
    #expect(try TrainingCheckpoint(bytes: bytes).identity["kernels"] == name)
    // The same description as written by another machine.
    let here = run.checkpoint()
    var description = here.description
    description.identity["kernels"] = "Other"
    var again = try problem.start()
    #expect(
      throws: CheckpointError(
        path: "", problem: .different([.init(name: "kernels", before: "Other", now: name)]))
    ) { try again.restore(TrainingCheckpoint(description, tensors: here.tensors)) }
  }

  @Test func `a cut file at any length is one clear error`() throws {
    let bytes = try middle(CheckpointProblem(try Adam(learningRate: 0.1))).checkpoint().serialized()
    for length in Array(0..<64) + stride(from: 64, to: bytes.count, by: 97) {
      let error = #expect(throws: CheckpointError.self) { try TrainingCheckpoint(bytes: Array(bytes[..<length])) }
      guard case .damaged = error?.problem else {
        Issue.record("\(length): \(error?.description ?? "")")
        continue
      }
    }
  }

  @Test func `every flipped bit is noticed`() throws {
    let problem = try CheckpointProblem(try SGD(learningRate: 0.1, momentum: 0.9))
    let bytes = try middle(problem).checkpoint().serialized()
    var generator = Philox(seed: 9)
    for _ in 0..<2000 {
      var changed = bytes
      changed[generator.nextIndex(below: bytes.count)] ^= 1 << UInt8(generator.nextIndex(below: 8))
      #expect(throws: CheckpointError.self) {
        var run = try problem.start()
        try run.restore(TrainingCheckpoint(bytes: changed))
      }
    }
  }

  @Test func `a place that cannot be is refused though its checksum fits`() throws {
    let problem = try CheckpointProblem(try Adam(learningRate: 0.1))
    let good = try middle(problem).checkpoint()
    var places: [TrainingPosition] = []
    for (epoch, step, all) in [(0, 0, 0), (9, 0, 24), (1, 4, 4), (1, -1, -1), (2, 1, 5), (4, 1, 10), (3, 1, 7)] {
      var place = TrainingPosition()
      (place.epoch, place.step, place.globalStep) = (epoch, step, all)
      places.append(place)
    }
    for place in places {
      var description = good.description
      description.position = place
      var run = try problem.start()
      #expect(throws: CheckpointError.self, "\(place)") {
        try run.restore(
          TrainingCheckpoint(bytes: TrainingCheckpoint(description, tensors: good.tensors).serialized()))
      }
    }
    var tensors = good.tensors
    tensors["optimizer.0.weight.firstMoment"] = SafetensorsFile.Tensor(Matrix(rows: 2, columns: 2))
    var run = try problem.start()
    #expect(
      text { try run.restore(TrainingCheckpoint(good.description, tensors: tensors)) }
        == "the checkpoint is no checkpoint to go on from: the optimizer's 0.weight.firstMoment: shape [2, 2], expected "
        + "[6, 4]; start anew without it (--fresh), or bring back a good one")
    tensors["optimizer.0.weight.firstMoment"] = nil
    #expect(text { try run.restore(TrainingCheckpoint(good.description, tensors: tensors)) }.contains("missing"))
  }

  @Test func `a model file is no checkpoint`() throws {
    let bytes = try SafetensorsFile(metadata: ["attune": "{}"]).serialized()
    #expect(
      text { _ = try TrainingCheckpoint(bytes: bytes) }
        == "the checkpoint is no checkpoint to go on from: its metadata has no key 'attune.checkpoint'; start anew "
        + "without it (--fresh), or bring back a good one")
  }

  /// An optimizer as a user writes one: a state with a matrix of a shape of its own.
  struct RowScaled: Optimizer {
    struct State: OptimizerState, Equatable {
      var squares: Matrix
      var last = 1.0
      static var fields: [OptimizerStateField<State>] { [.matrix("squares", \.squares), .number("last", \.last)] }
    }
    static let name = "row-scaled"
    var learningRate = 0.1
    var weightDecay = 0.0

    func initialState(for parameter: Matrix) -> State { State(squares: Matrix(rows: 1, columns: 1)) }

    func update(_ parameter: inout Matrix, along gradient: Matrix, _ state: inout State) {
      state.squares[0, 0] += Float(gradient.sumOfSquares)
      state.last = 1 / (1 + Double(state.squares[0, 0])).squareRoot()
      parameter.add(gradient, scaledBy: Float(-learningRate * state.last))
    }
  }

  @Test func `an optimizer of a user's own goes on`() throws {
    let problem = try CheckpointProblem(RowScaled())
    let (states, end) = try problem.states()
    for state in states {
      var again = try problem.start()
      try again.restore(TrainingCheckpoint(bytes: state.checkpoint().serialized()))
      expectSameBits(try problem.finished(again), end)
    }
    #expect(end.optimizer.stored.numbers.values.allSatisfy { $0 < 1 })
  }
}
