@testable import AttuneInference
import AttuneCore
import AttuneTraining
import Testing

/// Ten consecutive batches against the published code of CoTTA, RoTTA and NOTE.
@Suite struct PublishedTeacherTests {
  struct CoTTATrace: Decodable { let restored: [[String: [Int]]] }
  struct RoTTATrace: Decodable { let memory: [[[Int]]], ages: [[[Int]]] }
  struct NOTETrace: Decodable { let memory: [[[Int]]], draws: [[Double]] }

  /// The rows of a memory as the fixtures number them: 16 · batch + row.
  private func numbers(_ kept: MemoryRows) throws -> [Int] {
    let noise = try PublishedNoise()
    return try kept.orderByClass.map { index in
      let place = try #require(noise.place(of: kept.rows[index].input.row(0)))
      return 16 * place.batch + place.row
    }
  }

  @Test(arguments: ["averaged", "averagedSgd", "mixed", "restoring", "asConfigured", "identitySgd"])
  func `cotta gives the published logits, student and teacher`(name: String) throws {
    let problem = try PublishedProblem()
    let variant = try #require(try TracedFixture<CoTTATrace>.load("cotta")[name])
    var recipe = ContinualTeacher.recipe, teacher = TeacherSettings()
    recipe.optimizer = try variant.optimizer()
    teacher.momentum = try variant.number("keep")
    // A mean confidence is never above 1.
    (teacher.views, teacher.confidence) = (4, .below(min(1, try variant.number("threshold"))))
    recipe.teacher = teacher
    var views = StoredNoise.Configuration()
    views.views = 4
    recipe.augmentations = variant.settings["noise"]?.flag == true ? [.part(StoredNoise.self, views)] : []
    recipe.recovery = [.part(StoredRestore.self, StoredRestore.Configuration(restored: variant.trace.restored))]
    let strategy = try Recipe<ContinualTeacher>(.init(recipe))
    let state = try strategy.check(against: variant.logits, on: problem, name)
    try check(state.network, against: variant.final, prefix: "student.", name)
    try check(try #require(state.run.adapted.teacher), against: variant.final, prefix: "teacher.", name)
  }

  @Test(arguments: ["identitySgd", "small", "midBatch", "weighted", "asPublished"])
  func `rotta gives the published logits, student, teacher and memory`(name: String) throws {
    let problem = try PublishedProblem()
    let variant = try #require(try TracedFixture<RoTTATrace>.load("rotta")[name])
    var recipe = RobustTeacher.recipe, memory = CategoryTimeliness.Configuration()
    var statistics = MovingNormalization.Configuration(), teacher = TeacherSettings()
    recipe.optimizer = try variant.optimizer()
    (memory.capacity, memory.every) = (try variant.integer("capacity"), try variant.integer("frequency"))
    memory.ageWeight = variant.settings["lambdaAge"]?.number ?? 1
    memory.uncertaintyWeight = variant.settings["lambdaUncertainty"]?.number ?? 1
    recipe.memory = .part(CategoryTimeliness.self, memory)
    statistics.momentum = try variant.number("alpha")
    recipe.statistics = .part(MovingNormalization.self, statistics)
    teacher.momentum = 1 - (try variant.number("nu"))
    recipe.teacher = teacher
    let isNoisy = variant.settings["noise"]?.flag == true
    recipe.augmentations = isNoisy ? [.part(StoredNoise.self, StoredNoise.Configuration())] : []
    let strategy = try Recipe<RobustTeacher>(.init(recipe))
    let state = try strategy.check(against: variant.logits, on: problem, name)
    try check(state.network, against: variant.final, prefix: "student.", name)
    try check(try #require(state.run.adapted.teacher), against: variant.final, prefix: "teacher.", name)
    let kept = try #require(state.run.adapted.memory as? CategoryTimeliness)
    #expect(try numbers(kept.state.kept) == variant.trace.memory.last?.flatMap(\.self))
    let ages = kept.contents.ages.map { Int(($0 * Float(memory.capacity)).rounded()) }
    #expect(ages == variant.trace.ages.last?.flatMap(\.self))
  }

  @Test(arguments: ["small", "midBatch", "asPublished"])
  func `note gives the published logits, statistics and memory`(name: String) throws {
    let problem = try PublishedProblem()
    let variant = try #require(try TracedFixture<NOTETrace>.load("note")[name])
    var recipe = NonIndependentEntropy.recipe, memory = StoredDraws.Configuration()
    var statistics = MovingNormalization.Configuration()
    recipe.optimizer = try variant.optimizer()
    memory.settings.capacity = try variant.integer("capacity")
    memory.settings.every = try variant.integer("frequency")
    memory.draws = variant.trace.draws.flatMap(\.self)
    recipe.memory = .part(StoredDraws.self, memory)
    statistics.momentum = try variant.number("momentum")
    (statistics.variance, statistics.learnsByBatch) = (.unbiased, true)
    recipe.statistics = .part(MovingNormalization.self, statistics)
    // The published code answers and takes up row by row.
    recipe.timing.unit = .row
    let strategy = try Recipe<NonIndependentEntropy>(.init(recipe))
    let state = try strategy.check(against: variant.logits, on: problem, name)
    try check(state.network, against: variant.final, name)
    let kept = try #require(state.run.adapted.memory as? StoredDraws)
    #expect(try numbers(kept.state.memory.kept) == variant.trace.memory.last?.flatMap(\.self))
    #expect(kept.state.drawn == memory.draws.count)
  }
}
