@testable import AttuneInference
import AttuneCore
import AttuneTraining
import Foundation
import Testing

/// The memories by themselves.
@Suite struct MemoryTests {
  private func setup(classes: Int) -> RecipeSetup {
    var generator = Philox(seed: 1)
    let network = Network.linear(inputDimension: 1, outputDimension: classes, using: &generator)
    return RecipeSetup(
      strategy: "test", network: network, context: AdaptationContext(task: .classification), parameters: [])
  }

  private func settings(_ capacity: Int, every: Int = 64) -> MemorySettings {
    var settings = MemorySettings()
    (settings.capacity, settings.every) = (capacity, every)
    return settings
  }

  private func row(_ number: Int, label: Int = 0, confidence: Float = 1, entropy: Float = 0) -> RememberedRow {
    RememberedRow(
      input: Matrix(row: [Float(number)]), label: label, confidence: confidence, entropy: entropy)
  }

  @Test func `first in, first out keeps the last rows and says when it is time`() throws {
    var memory = try FirstInFirstOut(settings(3, every: 2), in: setup(classes: 2)), generator = Philox(seed: 2)
    let times = (0..<5).map { memory.add(row($0), using: &generator) }
    #expect(times == [false, true, false, true, false])
    #expect(memory.contents.inputs.elements == [2, 3, 4])
    #expect(memory.contents.ages.isEmpty)
  }

  @Test func `a reservoir keeps each row of the stream as often as any other`() throws {
    var counts = Array(repeating: 0, count: 20), generator = Philox(seed: 4)
    for _ in 0..<3000 {
      var memory = try Reservoir(settings(5), in: setup(classes: 2))
      for number in 0..<20 { _ = memory.add(row(number), using: &generator) }
      for number in memory.contents.inputs.elements { counts[Int(number)] += 1 }
    }
    // 3000 · 5/20 each; five standard deviations.
    #expect(counts.allSatisfy { abs(Double($0) - 750) < 5 * (3000 * 0.25 * 0.75).squareRoot() }, "\(counts)")
  }

  @Test func `a class-balanced memory is balanced, and uniform over time within a class`() throws {
    var generator = Philox(seed: 5), early = 0, kept = 0
    for _ in 0..<400 {
      var memory = try ClassBalancedMemory(settings(12), in: setup(classes: 3))
      // Sorted by class, as correlated streams are.
      for number in 0..<300 { _ = memory.add(row(number, label: number / 100), using: &generator) }
      let numbers = memory.contents.inputs.elements.map { Int($0) }
      #expect(numbers.map { $0 / 100 } == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2])
      early += numbers.count { $0 % 100 < 50 }
      kept += numbers.count
    }
    // Rows depend on each other within a memory, so the deviation is a little below that of independent ones.
    #expect(abs(Double(early) / Double(kept) - 0.5) < 5 * 0.5 / Double(kept).squareRoot(), "\(early) of \(kept)")
  }

  @Test func `a memory of confident rows takes no others and always the newest`() throws {
    var configuration = HighConfidenceMemory.Configuration(), generator = Philox(seed: 6)
    (configuration.capacity, configuration.every, configuration.confidence) = (2, 3, 0.9)
    var memory = try HighConfidenceMemory(configuration, in: setup(classes: 2))
    #expect((0..<3).map { memory.add(row($0, confidence: 0.8), using: &generator) } == [false, false, false])
    #expect(memory.state.rows.isEmpty)
    for number in 3..<30 {
      _ = memory.add(row(number, label: number % 2, confidence: number % 5 == 0 ? 0.5 : 0.95), using: &generator)
    }
    // 29 and 28 are the last confident rows of their classes.
    #expect(memory.contents.inputs.elements == [28, 29])
  }

  @Test func `timeliness and uncertainty decide which row goes, by hand`() throws {
    var configuration = CategoryTimeliness.Configuration(), generator = Philox(seed: 7)
    (configuration.capacity, configuration.every) = (4, 100)
    var memory = try CategoryTimeliness(configuration, in: setup(classes: 2))
    let half = Float(log(2.0) / 2)
    _ = memory.add(row(0, entropy: 0), using: &generator)
    _ = memory.add(row(1, entropy: half), using: &generator)
    // The class is full: 1 is younger, 1 / (1 + e^(−1/4)) + 1/2, than 0, 1 / (1 + e^(−2/4)), but less certain, and goes.
    _ = memory.add(row(2, entropy: 0), using: &generator)
    #expect(memory.contents.inputs.elements == [0, 2])
    #expect(memory.contents.ages == [0.75, 0.25])
    // Worse than what is kept: refused, but it ages the others.
    _ = memory.add(row(3, entropy: 2 * half), using: &generator)
    #expect(memory.contents.inputs.elements == [0, 2])
    #expect(memory.contents.ages == [1, 0.5])
    _ = memory.add(row(4, label: 1), using: &generator)
    _ = memory.add(row(5, label: 1), using: &generator)
    #expect(memory.contents.inputs.elements == [0, 2, 4, 5])
    // Equal but for the age: the oldest of the class goes.
    _ = memory.add(row(6), using: &generator)
    #expect(memory.contents.inputs.elements == [2, 6, 4, 5])
  }

  /// Every memory takes rows with fewer places than classes, equal rows, and one class only.
  @Test(arguments: [1, 3, 10])
  func `memories hold at most what they may, and something`(capacity: Int) throws {
    var timeliness = CategoryTimeliness.Configuration(), confident = HighConfidenceMemory.Configuration()
    (timeliness.capacity, confident.capacity) = (capacity, capacity)
    let setup = setup(classes: 10), settings = settings(capacity)
    let all: [any MemoryPart] = [
      try FirstInFirstOut(settings, in: setup), try Reservoir(settings, in: setup),
      try ClassBalancedMemory(settings, in: setup), try CategoryTimeliness(timeliness, in: setup),
      try HighConfidenceMemory(confident, in: setup),
    ]
    for memory in all {
      for label in [{ _ in 3 }, { $0 % 10 }, { 9 - $0 / 10 % 10 }] as [(Int) -> Int] {
        var memory = memory, generator = Philox(seed: 8), times = 0
        for number in 0..<200 {
          times += memory.add(row(1, label: label(number), entropy: 0.3), using: &generator) ? 1 : 0
          #expect(memory.contents.inputs.rows <= capacity)
        }
        #expect(times == 3)
        #expect(memory.contents.inputs.rows >= min(capacity, 1))
      }
    }
  }

  @Test func `capacity and frequency below 1 are refused`() {
    for (capacity, every) in [(0, 1), (1, 0)] {
      #expect(throws: ConfigValueError.self) { try settings(capacity, every: every).validate() }
    }
  }
}
