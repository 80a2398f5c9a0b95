internal import AttuneCore
internal import Foundation

/// In what two runs differ: settings, data, version, and the figures of their equal cells.
public struct RunComparison: Codable, Sendable, Equatable {
  /// A setting or a fact that differs.
  public struct Difference: Codable, Sendable, Equatable {
    /// The setting's path, or the name of the fact.
    public var name: String
    /// In the first run; nil where it is not there.
    public var first: String?
    /// In the second run; nil where it is not there.
    public var second: String?
  }

  /// A cell that both runs have.
  public struct Cell: Codable, Sendable, Equatable {
    /// Name of the training arm; empty in online experiments.
    public var training: String
    /// Name of the inference arm or the learner.
    public var inference: String
    /// Name of the scenario or the stream.
    public var scenario: String
    /// The figure in the first run, mean over the seeds.
    public var first: Double?
    /// The figure in the second run.
    public var second: Double?
    /// Second less first over the seeds that both have, with its interval; nil where there are none.
    public var difference: Estimate?
    /// Seeds that both runs finished the cell with.
    public var pairs: Int
    /// Whether the figures of all common seeds are the same to the bit.
    public var isEqual: Bool
  }

  /// Settings that differ, by path; those of data files' places left out where the data are the same.
  public var settings: [Difference]
  /// Facts of version, machine and data that differ.
  public var facts: [Difference]
  /// Cells that both runs have; empty where one of them is not finished.
  public var cells: [Cell]
  /// Cells that only one of the runs has.
  public var others: Int

  /// Compares the runs of two folders.
  ///
  /// - Throws: `FileError` and `ResultsFileError` where a folder's files cannot be read.
  public init(_ first: String, _ second: String) throws {
    let folders = try [first, second].map { try RunFolder($0) }
    let texts = try folders.map { String(decoding: try InputFile.bytes(at: $0.path + "/config.yaml"), as: UTF8.self) }
    settings = ConfigDifference.all(from: texts[0], to: texts[1]).map {
      Difference(name: $0.key, first: $0.before, second: $0.now)
    }
    let provenances = folders.map(\.storedProvenance)
    facts = Self.facts(provenances[0], provenances[1])
    (cells, others) = ([], 0)
    guard folders.allSatisfy({ FileManager.default.fileExists(atPath: $0.path + "/results.json") }) else { return }
    let found = try folders.map { Self.figures(try FinishedRun(folder: $0.path)) }
    let common = found[0].filter { figure in found[1].contains { $0.key == figure.key } }
    others = found[0].count + found[1].count - 2 * common.count
    let second = Dictionary(found[1].map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    cells = common.compactMap { figure in second[figure.key].map { Self.cell(figure, $0) } }
  }

  private struct Figure {
    var key: [String]
    var mean: Double?
    var seeds: [UInt64: Double]
  }

  private static func figures(_ run: FinishedRun) -> [Figure] {
    func seeds(_ seeds: [UInt64], _ values: [Double?]) -> [UInt64: Double] {
      Dictionary(zip(seeds, values).compactMap { seed, value in value.map { (seed, $0) } }, uniquingKeysWith: { $1 })
    }
    return switch run {
    case .experiment(let results):
      results.cells.map {
        Figure(
          key: [$0.training, $0.inference, $0.scenario], mean: $0.quality?.mean, seeds: seeds(results.seeds, $0.perSeed)
        )
      }
    case .online(let results):
      results.cells.map {
        Figure(key: ["", $0.learner, $0.stream], mean: $0.quality?.mean, seeds: seeds($0.seeds, $0.perSeed))
      }
    }
  }

  private static func cell(_ first: Figure, _ second: Figure) -> Cell {
    let pairs = first.seeds.keys.sorted().compactMap { seed -> (Double, Double)? in
      guard let old = first.seeds[seed], let new = second.seeds[seed] else { return nil }
      return (old, new)
    }
    return Cell(
      training: first.key[0], inference: first.key[1], scenario: first.key[2], first: first.mean, second: second.mean,
      difference: SeedDifference(pairs.map { $1 - $0 })?.estimate, pairs: pairs.count,
      isEqual: !pairs.isEmpty && pairs.allSatisfy { $0 == $1 })
  }

  private static func facts(_ first: Provenance?, _ second: Provenance?) -> [Difference] {
    func facts(_ provenance: Provenance?) -> [(String, String?)] {
      [
        ("version", provenance?.version), ("commit", provenance?.commit), ("swift", provenance?.swift),
        ("system", provenance?.system), ("processor", provenance?.processor), ("blas", provenance?.blas),
        ("kernels", provenance?.kernels),
      ]
    }
    let plain = zip(facts(first), facts(second)).filter { $0.1 != $1.1 }.map {
      Difference(name: $0.0, first: $0.1, second: $1.1)
    }
    let (old, new) = (first?.dataHashes ?? [:], second?.dataHashes ?? [:])
    // The same rows under another path are no other data.
    guard Set(old.values) != Set(new.values) else { return plain }
    let files = Set(old.keys).union(new.keys).sorted().filter { old[$0] != new[$0] }
    return plain + files.map { Difference(name: "data \($0)", first: old[$0], second: new[$0]) }
  }
}
