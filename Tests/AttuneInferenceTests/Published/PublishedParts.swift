@testable import AttuneInference
import AttuneCore
import AttuneTraining
import Foundation
import Synchronization
import Testing

/// The noise of the fixtures: that of its batch and place for each row, view after view.
struct StoredNoise: AugmentationPart {
  struct Configuration: Codable, Sendable, DefaultInitializable {
    /// Views that are gone through in turn.
    var views = 1
  }
  /// Calls so far: an augmentation has no state of its own.
  private final class Calls: Sendable {
    let count = Mutex(0)
  }
  static let kind = "stored-noise"
  static let summary = "the noise of the fixtures"
  private let noise: PublishedNoise
  private let views: Int
  private let calls = Calls()

  init(_ configuration: Configuration, in setup: RecipeSetup) throws {
    noise = try PublishedNoise()
    views = configuration.views
  }
  func apply(to rows: Matrix, using generator: inout Philox) throws -> Matrix {
    let view = calls.count.withLock { count in
      defer { count += 1 }
      return count % views
    }
    var result = rows
    for row in 0..<rows.rows {
      let noise = try #require(noise.noise(of: rows.row(row), view: view))
      for column in 0..<rows.columns { result[row, column] += noise[column] }
    }
    return result
  }
}

/// Gives the weights back that the published code drew.
struct StoredRestore: RecoveryPart {
  struct Configuration: Codable, Sendable, DefaultInitializable {
    /// By step and parameter, the elements.
    var restored: [[String: [Int]]] = []
  }
  struct State: Codable, Sendable { var steps = 0 }
  static let kind = "stored-restore"
  static let summary = "the restored weights of the fixtures"
  private let configuration: Configuration
  var state = State()

  init(_ configuration: Configuration, in setup: RecipeSetup) { self.configuration = configuration }
  mutating func afterStep(_ step: AdaptationStep, _ run: inout RecipeRun) throws {
    for id in run.adaptedParameters {
      for index in configuration.restored[state.steps]["\(id)"] ?? [] {
        let columns = run.source[id].columns
        run.network[id][index / columns, index % columns] = run.source[id][index / columns, index % columns]
      }
    }
    state.steps += 1
  }
}

/// `ClassBalancedMemory` with the draws of the published code.
struct StoredDraws: MemoryPart, MemoryDraws {
  struct Configuration: Codable, Sendable, DefaultInitializable {
    var settings = MemorySettings()
    var draws: [Double] = []
  }
  struct State: Codable, Sendable {
    var memory: ClassBalancedMemory.State
    var drawn = 0
  }
  static let kind = "stored-draws"
  static let summary = "the draws of the fixtures"
  private let draws: [Double]
  private var memory: ClassBalancedMemory
  private var drawn = 0
  var state: State {
    get { State(memory: memory.state, drawn: drawn) }
    set { (memory.state, drawn) = (newValue.memory, newValue.drawn) }
  }

  init(_ configuration: Configuration, in setup: RecipeSetup) throws {
    memory = try ClassBalancedMemory(configuration.settings, in: setup)
    draws = configuration.draws
  }
  mutating func choice(of options: Range<Int>) -> Int { Int(share()) }
  mutating func choice(of options: [Int]) -> Int { Int(share()) }
  mutating func share() -> Double {
    defer { drawn += 1 }
    return draws[drawn]
  }
  mutating func add(_ row: RememberedRow, using generator: inout Philox) -> Bool {
    var drawing = self
    let isTime = memory.take(row, using: &drawing)
    drawn = drawing.drawn
    return isTime
  }
  var contents: RememberedRows { memory.contents }
}
