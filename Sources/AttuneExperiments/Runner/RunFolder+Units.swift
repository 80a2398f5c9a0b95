internal import AttuneCore
internal import Foundation

extension RunFolder {
  /// A finished unit of a run from before; nil where there is none, where its file was damaged or belongs to another
  /// run, or where its models are gone. A file that is there and not believed is said.
  func unit(training: String, seed: UInt64, run: String, notice: (String) -> Void) -> UnitOutcome? {
    let file = unitPath(training, seed)
    guard let data = FileManager.default.contents(atPath: file) else { return nil }
    func refused(_ reason: String) -> UnitOutcome? {
      notice("\(training), seed \(seed) runs anew: \(reason)")
      return nil
    }
    guard let stored = try? JSONDecoder().decode(StoredUnit<UnitOutcome>.self, from: data), stored.isIntact else {
      return refused("\(file) is damaged")
    }
    guard stored.run == run else {
      return refused("\(file) is of another version of Attune, another config or other data")
    }
    guard stored.outcome.training == training, stored.outcome.seed == seed else {
      return refused("\(file) is of another training arm or seed")
    }
    let students = Set(stored.outcome.arms.filter { $0.servesStudent == true }.map(\.inference))
    let models =
      (stored.outcome.cost == nil ? [] : [modelPath(training: training, seed: seed)])
      + students.map { modelPath(training: training, seed: seed, student: $0) }
    if let gone = models.first(where: { !FileManager.default.fileExists(atPath: $0) }) {
      return refused("\(gone) is gone")
    }
    return stored.outcome
  }

  /// Keeps a finished unit of a run; the file is written whole. The checkpoint of its training goes, unless that failed,
  /// and so do the lines of its arms.
  func save(_ unit: UnitOutcome, run: String) throws {
    let name = Self.fileName("\(unit.training)-seed\(unit.seed)") + ".json"
    try write(try Self.json(StoredUnit(unit, run: run)), to: "units/" + name)
    if unit.failure == nil { unlink(checkpointPath(training: unit.training, seed: unit.seed)) }
    unlink(armLogPath(training: unit.training, seed: unit.seed))
  }

  /// Path of the finished arms of a unit that is not whole.
  func armLogPath(training: String, seed: UInt64) -> String {
    path + "/units/" + Self.fileName("\(training)-seed\(seed)") + ".arms.jsonl"
  }

  /// The finished arms of a unit that was not whole when a run ended; nil where there are none, or where the model that
  /// they ran with is gone or another one. What is there and not believed is said.
  func armLog(training: String, seed: UInt64, run: String, notice: (String) -> Void) -> ArmLog.Contents? {
    func refused(_ reason: String) { notice("\(training), seed \(seed) runs anew: \(reason)") }
    let path = armLogPath(training: training, seed: seed)
    guard let contents = ArmLog.contents(of: path, run: run, refused: refused) else { return nil }
    guard contents.unit == (training, seed) else {
      refused("\(path) is of another training arm or seed")
      return nil
    }
    let model = modelPath(training: training, seed: seed)
    guard let hash = contents.record.modelHash, hash == (try? Provenance.sha256(file: model)) else {
      refused("\(model) is gone, or not the model of \(path)")
      return nil
    }
    return contents
  }
}
