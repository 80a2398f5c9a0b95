import AttuneCore
import AttuneInference
import Foundation

/// A strategy that answers as the source does, so that a conformer breaks the one thing it writes itself.
protocol Plain: AdaptationStrategy where Configuration == NoSettings {
  init()
}

extension Plain {
  static var name: String { "plain" }
  static var summary: String { "the source model" }
  var configuration: NoSettings { NoSettings() }
  init(_ configuration: NoSettings) throws { self.init() }
}

extension Plain where State == Network {
  func start(_ network: Network, in context: AdaptationContext) throws -> Network { network }
  func predict(_ batch: Matrix, _ state: inout Network) throws -> Matrix { try state.predict(batch) }
}

struct Sound: Plain { typealias State = Network }

struct CapitalName: Plain {
  typealias State = Network
  static var name: String { "My-Strategy" }
}

struct EmptyWordInName: Plain {
  typealias State = Network
  static var name: String { "my--strategy" }
}

struct NoSummary: Plain {
  typealias State = Network
  static var summary: String { " " }
}

struct StartFails: Plain {
  func start(_ network: Network, in context: AdaptationContext) throws -> Network { throw Refusal() }
}

struct ServesNoTask: Plain {
  func start(_ network: Network, in context: AdaptationContext) throws -> Network {
    guard context.task == .regression else { throw RegressionOnly(strategy: Self.name) }
    throw ClassificationOnly(strategy: Self.name)
  }
}

/// Sound but where the network has dropout, without which it does not start.
struct BrokenDropout: Plain {
  func start(_ network: Network, in context: AdaptationContext) throws -> Network {
    guard network.hasDropout else { throw MissingDropout(strategy: Self.name) }
    return network
  }
  func predict(_ batch: Matrix, _ state: inout Network) throws -> Matrix {
    try state.predict(batch).scaled(by: .nan)
  }
}

struct Refusal: Error {}

struct CannotBeMade: Plain {
  typealias State = Network
  init() {}
  init(_ configuration: NoSettings) throws { throw Refusal() }
}

/// Its factor does not survive encoding.
struct ForgetsSetting: AdaptationStrategy {
  struct Configuration: Codable, Sendable {
    var factor: Float = 1
    enum CodingKeys: CodingKey {}
  }
  static let name = "forgets-setting"
  static let summary = "scales the output"
  let configuration: Configuration
  init(_ configuration: Configuration) { self.configuration = configuration }
  func start(_ network: Network, in context: AdaptationContext) throws -> Network { network }
  func predict(_ batch: Matrix, _ state: inout Network) throws -> Matrix {
    try state.predict(batch).scaled(by: configuration.factor)
  }
}

struct DrawsFromSystem: Plain {
  func start(_ network: Network, in context: AdaptationContext) throws -> Network { network }
  func predict(_ batch: Matrix, _ state: inout Network) throws -> Matrix {
    try state.predict(batch).scaled(by: .random(in: 1..<2))
  }
}

/// Writes into the numbers behind a matrix that others hold too.
private func spoil(_ matrix: Matrix) {
  matrix.withElements { elements in
    guard let base = elements.baseAddress, !elements.isEmpty else { return }
    UnsafeMutablePointer(mutating: base)[0] += 1
  }
}

struct WritesIntoSource: Plain {
  func start(_ network: Network, in context: AdaptationContext) throws -> Network { network }
  func predict(_ batch: Matrix, _ state: inout Network) throws -> Matrix {
    spoil(state[ParameterID(layer: 0, role: .weight)])
    return try state.predict(batch)
  }
}

struct WritesIntoBatch: Plain {
  func start(_ network: Network, in context: AdaptationContext) throws -> Network { network }
  func predict(_ batch: Matrix, _ state: inout Network) throws -> Matrix {
    spoil(batch)
    return try state.predict(batch)
  }
}

struct PeeksAtSource: Plain {
  struct State: Codable { var network: Network, factor: Float }
  func start(_ network: Network, in context: AdaptationContext) throws -> State {
    State(network: network, factor: context.source == nil ? 1 : 2)
  }
  func predict(_ batch: Matrix, _ state: inout State) throws -> Matrix {
    try state.network.predict(batch).scaled(by: state.factor)
  }
}

final class Counter: @unchecked Sendable, Codable { var value: Float = 0 }

/// Keeps count in the instance, beyond its state.
struct RemembersRuns: Plain {
  let counter = Counter()
  func start(_ network: Network, in context: AdaptationContext) throws -> Network { network }
  func predict(_ batch: Matrix, _ state: inout Network) throws -> Matrix {
    let output = try state.predict(batch)
    counter.value += 1
    return output.scaled(by: counter.value)
  }
}

/// Its state is a reference: a copy is no snapshot.
struct SharesState: Plain {
  struct State: Codable { var network: Network, counter = Counter() }
  func start(_ network: Network, in context: AdaptationContext) throws -> State { State(network: network) }
  func predict(_ batch: Matrix, _ state: inout State) throws -> Matrix {
    let output = try state.network.predict(batch)
    state.counter.value += 1
    return output.scaled(by: state.counter.value)
  }
}

struct DropsRow: Plain {
  func start(_ network: Network, in context: AdaptationContext) throws -> Network { network }
  func predict(_ batch: Matrix, _ state: inout Network) throws -> Matrix {
    try state.predict(batch).rows(0..<max(0, batch.rows - 1))
  }
}

/// Divides by the deviation of the batch.
struct DividesByZero: Plain {
  func start(_ network: Network, in context: AdaptationContext) throws -> Network { network }
  func predict(_ batch: Matrix, _ state: inout Network) throws -> Matrix {
    let output = try state.predict(batch)
    let same = (0..<batch.rows).allSatisfy { batch.row($0) == batch.row(0) }
    return output.scaled(by: same ? .nan : 1)
  }
}

struct AnswersEmptyBatch: Plain {
  func start(_ network: Network, in context: AdaptationContext) throws -> Network { network }
  func predict(_ batch: Matrix, _ state: inout Network) throws -> Matrix {
    let output = try state.predict(batch)
    return batch.rows > 0 ? output : Matrix(rows: 1, columns: output.columns)
  }
}

/// Is lost after an empty batch.
struct StumblesOverEmptyBatch: Plain {
  struct State: Codable { var network: Network, factor: Float = 1 }
  func start(_ network: Network, in context: AdaptationContext) throws -> State { State(network: network) }
  func predict(_ batch: Matrix, _ state: inout State) throws -> Matrix {
    let output = try state.network.predict(batch)
    if batch.rows == 0 { state.factor = .infinity }
    return output.scaled(by: state.factor)
  }
}

/// The variance of its average dies out on single rows: 0.9ⁿ of it is left.
struct VarianceDiesOut: Plain {
  struct State: Codable { var network: Network, variance: Float = 1 }
  func start(_ network: Network, in context: AdaptationContext) throws -> State { State(network: network) }
  func predict(_ batch: Matrix, _ state: inout State) throws -> Matrix {
    if batch.rows == 1 { state.variance *= 0.5 }
    return try state.network.predict(batch).scaled(by: 1 / (state.variance * state.variance))
  }
}

struct AnswersAnyWidth: Plain {
  func start(_ network: Network, in context: AdaptationContext) throws -> Network { network }
  func predict(_ batch: Matrix, _ state: inout Network) throws -> Matrix {
    guard batch.columns == state.inputDimension else {
      return Matrix(rows: batch.rows, columns: state.outputDimension)
    }
    return try state.predict(batch)
  }
}

/// Counts a batch before it looks at it.
struct CountsWrongBatch: Plain {
  struct State: Codable { var network: Network, count: Float = 0 }
  func start(_ network: Network, in context: AdaptationContext) throws -> State { State(network: network) }
  func predict(_ batch: Matrix, _ state: inout State) throws -> Matrix {
    state.count += 1
    return try state.network.predict(batch).scaled(by: state.count)
  }
}

/// Learns from anything.
struct LearnsAnything: Plain {
  static var usesLabels: Bool { true }
  func start(_ network: Network, in context: AdaptationContext) throws -> Network { network }
  func predict(_ batch: Matrix, _ state: inout Network) throws -> Matrix { try state.predict(batch) }
  func learn(from feedback: Feedback, _ state: inout Network) throws {}
}

struct SecretLabels: Plain {
  struct State: Codable { var network: Network, factor: Float = 1 }
  func start(_ network: Network, in context: AdaptationContext) throws -> State { State(network: network) }
  func predict(_ batch: Matrix, _ state: inout State) throws -> Matrix {
    try state.network.predict(batch).scaled(by: state.factor)
  }
  func learn(from feedback: Feedback, _ state: inout State) throws { state.factor += 1 }
}

/// Breaks on regression only, which it asks for.
struct BrokenRegression: Plain {
  func start(_ network: Network, in context: AdaptationContext) throws -> Network {
    guard context.task == .regression else { throw RegressionOnly(strategy: Self.name) }
    return network
  }
  func predict(_ batch: Matrix, _ state: inout Network) throws -> Matrix {
    try state.predict(batch).scaled(by: .nan)
  }
}
