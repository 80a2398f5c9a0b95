/// How far training and adaptation of an experiment are.
public struct WorkProgress: Sendable, Equatable {
  /// Arms (unit × inference arm × scenario) that are done, failed ones included.
  public var done: Int
  /// All arms.
  public var total: Int
  /// The share of the work that is done, in `0...1`: trainings and arms count by what they cost so far.
  public var share: Double
  /// Seconds until the rest is done, about; nil where nothing is known yet.
  public var secondsLeft: Double?
  /// What was finished last; empty at the start.
  public var name: String

  /// A progress.
  public init(done: Int, total: Int, share: Double, secondsLeft: Double?, name: String) {
    (self.done, self.total, self.share, self.secondsLeft, self.name) = (done, total, share, secondsLeft, name)
  }
}

/// Learns from finished pieces of work how long the others take: a training costs what trainings of its arm cost, an arm
/// what the same inference arm on the same scenario costs with other models.
struct WorkEstimate {
  private enum Kind: Hashable {
    case training(String)
    case preparation(Int)
    case arm(Int, Int)
  }

  private struct Times {
    var sum = 0.0, count = 0
    var mean: Double? { count == 0 ? nil : sum / Double(count) }
    mutating func add(_ seconds: Double) { (sum, count) = (sum + seconds, count + 1) }
  }

  private let units: [String]
  private let prepared: [Bool]
  private let scenarios: Int
  private let jobs: Int
  private var trainingsLeft: Set<Int>
  /// Pieces of work that are left, by kind.
  private var left: [Kind: Int] = [:]
  private var armsLeft: Int
  private var times: [Kind: Times] = [:]
  /// Of trainings, preparations and arms of any kind.
  private var trainings = Times(), preparations = Times(), arms = Times()
  private var spent = 0.0
  private var shown = 0.0
  /// The share of arms that earlier runs did.
  private var skippedShare: Double?

  /// - Parameters:
  ///   - units: the training arm of each unit.
  ///   - prepared: for each inference arm whether it is prepared once for all scenarios.
  ///   - scenarios: the number of scenarios.
  ///   - jobs: pieces of work that run at the same time.
  init(units: [String], prepared: [Bool], scenarios: Int, jobs: Int) {
    (self.units, self.prepared, self.scenarios, self.jobs) = (units, prepared, scenarios, jobs)
    trainingsLeft = Set(units.indices)
    armsLeft = units.count * prepared.count * scenarios
    for unit in units { left[.training(unit), default: 0] += 1 }
    for inference in prepared.indices {
      if prepared[inference] { left[.preparation(inference)] = units.count }
      for scenario in 0..<scenarios { left[.arm(inference, scenario)] = units.count }
    }
  }

  private var total: Int { units.count * prepared.count * scenarios }

  /// Notes a unit whose training is done, and which of its arms are: by an earlier run, or because the training failed.
  mutating func skip(unit: Int, isDone: (_ inference: Int, _ scenario: Int) -> Bool) {
    removeTraining(unit)
    for inference in prepared.indices {
      let done = (0..<scenarios).filter { isDone(inference, $0) }
      for scenario in done { left[.arm(inference, scenario), default: 0] -= 1 }
      armsLeft -= done.count
      if prepared[inference], done.count == scenarios { left[.preparation(inference), default: 0] -= 1 }
    }
  }

  private mutating func removeTraining(_ unit: Int) {
    if trainingsLeft.remove(unit) != nil { left[.training(units[unit]), default: 0] -= 1 }
  }

  /// Notes a training; nil seconds for one that did not have to be done.
  mutating func finish(training unit: Int, seconds: Double?) {
    removeTraining(unit)
    guard let seconds else { return }
    spent += seconds
    trainings.add(seconds)
    times[.training(units[unit]), default: Times()].add(seconds)
  }

  /// Notes a preparation.
  mutating func finish(preparation inference: Int, seconds: Double) {
    left[.preparation(inference), default: 0] -= 1
    spent += seconds
    preparations.add(seconds)
    times[.preparation(inference), default: Times()].add(seconds)
  }

  /// Notes an arm.
  mutating func finish(inference: Int, scenario: Int, seconds: Double) {
    left[.arm(inference, scenario), default: 0] -= 1
    armsLeft -= 1
    spent += seconds
    arms.add(seconds)
    times[.arm(inference, scenario), default: Times()].add(seconds)
  }

  /// How far the work is. The share never falls.
  mutating func progress(name: String) -> WorkProgress {
    let left = secondsOfWork, done = total - armsLeft
    let byCount = total == 0 ? 1 : Double(done) / Double(total)
    let here = left.map { spent + $0 > 0 ? spent / (spent + $0) : 1 } ?? 0
    // What earlier runs did took no time now: their arms count by their number.
    if skippedShare == nil { skippedShare = byCount }
    let share = (skippedShare ?? 0) + (1 - (skippedShare ?? 0)) * here
    shown = armsLeft == 0 ? 1 : max(shown, min(share, 0.999))
    return WorkProgress(
      done: done, total: total, share: shown, secondsLeft: left.map { $0 / Double(jobs) }, name: name)
  }

  /// Seconds that the rest takes one after the other; nil while nothing was timed.
  private var secondsOfWork: Double? {
    guard let any = [arms.mean, trainings.mean, preparations.mean].compactMap(\.self).first else {
      return armsLeft == 0 ? 0 : nil
    }
    return left.reduce(0) { sum, entry in
      let kind =
        switch entry.key {
        case .training: trainings
        case .preparation: preparations
        case .arm: arms
        }
      return sum + Double(entry.value) * (times[entry.key]?.mean ?? kind.mean ?? any)
    }
  }
}
