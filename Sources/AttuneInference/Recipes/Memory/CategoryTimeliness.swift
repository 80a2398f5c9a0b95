public import AttuneCore
internal import Foundation

/// Keeps as many rows of each predicted class as of the others, young and certain ones, and lets old ones count less.
///
/// A row is the worse the older and the less certain it is: `λₜ / (1 + exp(−age / capacity)) + λᵤ H / ln C`, with the age in
/// rows of the stream. Each class has room for capacity / C rows. A row of a class with room is kept while the memory is not
/// full, and then takes the place of the worst row of the largest classes; without room in its class, that of the worst row
/// of the class: in both cases only if that row is worse than the new one.
///
/// - Source: Yuan, Xie, Li (2023), Robust test-time adaptation in dynamic scenarios (RoTTA), arXiv:2303.13899, algorithm 1
///   (category-balanced sampling with timeliness and uncertainty), with ties as in the published code.
public struct CategoryTimeliness: MemoryPart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Rows that are kept at most, at least 1.
    public var capacity = 64
    /// Rows of the stream between two steps, at least 1; they count whether they are kept or not.
    public var every = 64
    /// λₜ: weight of the age, at least 0.
    public var ageWeight = 1.0
    /// λᵤ: weight of the entropy, at least 0.
    public var uncertaintyWeight = 1.0

    /// 64 rows, a step every 64, both weights 1.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.range("capacity", capacity, atLeast: 1)
      try ConfigCheck.range("every", every, atLeast: 1)
      for (key, weight) in [("ageWeight", ageWeight), ("uncertaintyWeight", uncertaintyWeight)] {
        try ConfigCheck.require(weight >= 0 && weight.isFinite, key, "must be a finite number of at least 0")
      }
    }
  }
  /// The rows and when they came.
  public struct State: Codable, Sendable {
    var kept = MemoryRows()
    /// How many rows had come before each.
    var arrivals: [Int] = []
  }
  /// `category-timeliness` in config files.
  public static let kind = "category-timeliness"
  /// What help says.
  public static let summary = "as many rows of each predicted class, young and certain ones; old ones count less"
  /// Its rule goes by classes.
  public static let needsClasses = true
  private let settings: Configuration
  private let classes: Int
  /// What is kept.
  public var state = State()

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    settings = configuration
    classes = setup.classes
  }

  /// Takes the row, or not; all rows are older by one then.
  public mutating func add(_ row: RememberedRow, using generator: inout Philox) -> Bool {
    let own = state.kept.indices(of: row.label)
    let hasRoom = Double(own.count) < Double(settings.capacity) / Double(classes)
    if hasRoom && state.kept.rows.count < settings.capacity {
      keep(row)
    } else {
      let candidates =
        hasRoom ? state.kept.largestClasses.flatMap { state.kept.indices(of: $0) } : own
      if let place = worst(of: candidates), score(place) > score(age: 0, entropy: row.entropy) {
        state.kept.rows.remove(at: place)
        state.arrivals.remove(at: place)
        keep(row)
      }
    }
    return state.kept.count(every: settings.every)
  }

  /// What is kept, class by class, with the ages.
  public var contents: RememberedRows {
    let order = state.kept.orderByClass
    return RememberedRows(
      inputs: state.kept.inputs(in: order), ages: order.map { Float(Double(age($0)) / Double(settings.capacity)) })
  }

  private mutating func keep(_ row: RememberedRow) {
    state.kept.rows.append(row)
    state.arrivals.append(state.kept.seen)
  }

  private func age(_ place: Int) -> Int { state.kept.seen - state.arrivals[place] }

  /// The worst of some rows; of equal ones the last.
  private func worst(of places: [Int]) -> Int? {
    places.reduce(nil) { worst, place in
      guard let worst else { return place }
      return score(place) >= score(worst) ? place : worst
    }
  }

  private func score(_ place: Int) -> Double { score(age: age(place), entropy: state.kept.rows[place].entropy) }

  private func score(age: Int, entropy: Float) -> Double {
    let share = Double(age) / Double(settings.capacity)
    // With one class every entropy is zero.
    let uncertainty = classes > 1 ? Double(entropy) / log(Double(classes)) : 0
    return settings.ageWeight / (1 + exp(-share)) + settings.uncertaintyWeight * uncertainty
  }
}
