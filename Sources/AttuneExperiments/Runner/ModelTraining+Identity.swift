internal import AttuneCore
public import AttuneData
internal import Foundation

extension ModelTraining {
  /// What a training must not differ in when it goes on from a checkpoint: each setting of arm, network and data by its
  /// path, the rows, the seed, and the version that computes.
  ///
  /// Where the rows come from does not matter, only what they are.
  ///
  /// - Parameters:
  ///   - rows: the training part.
  ///   - seed: the seed of the training.
  /// - Throws: what encoding a configuration throws.
  public func identity(of rows: some TableRows, seed: UInt64) throws -> [String: String] {
    var identity = try Self.settings(arm, under: "arm")
    identity.merge(try Self.settings(network, under: "network")) { $1 }
    identity.merge(try Self.settings(data, under: "data")) { $1 }
    identity = identity.filter { !$0.key.hasPrefix("data.source") && !$0.key.hasPrefix("data.test") }
    identity["seed"] = "\(seed)"
    identity["version"] = AttuneVersion.current
    identity["training rows"] = "\(rows.count)"
    identity["contents of the rows"] = try Self.checksum(of: rows)
    return identity
  }

  /// What a training must share with another for the two models to be the same to the bit, their files included: its
  /// identity without the arm's name, what the columns are called, and the kernels that compute.
  func cacheKey(_ identity: [String: String], of rows: some TableRows) throws -> TrainingCache.Key {
    var facts = identity.filter { $0.key != "arm.name" }
    facts["columns"] = try RunFolder.json(rows.columns)
    facts["dialect"] = try data.source.dialect.map { try RunFolder.json($0) }
    facts["image"] = rows.image.map { "\($0)" }
    facts["kernels"] = "\(OpenBLAS.kernels), \(OpenBLAS.threads) thread, \(OpenBLAS.instructionSet)"
    return TrainingCache.Key(facts)
  }

  /// What two arms of an experiment have in common whose models are the same with equal seeds: all settings but the name.
  func settingsWithoutName() throws -> [String: String] {
    let settings = try Self.settings(arm, under: "arm").merging(try Self.settings(network, under: "network")) { $1 }
    return settings.filter { $0.key != "arm.name" }
  }

  /// All features, then all targets: two passes over the rows.
  private static func checksum(of rows: some TableRows) throws -> String {
    var sum = Checksum(), hasValues = false
    sum.add(UInt64(rows.columns.count))
    sum.add(UInt64(rows.count * rows.columns.count * MemoryLayout<Float>.stride))
    try rows.forEachBlock { block, _ in block.features.withElements { sum.addWords(UnsafeRawBufferPointer($0)) } }
    try rows.forEachBlock { block, _ in
      switch block.targets {
      case .classes(let labels, _): for label in labels { sum.add(UInt64(label)) }
      case .values(let values):
        if !hasValues {
          sum.add(1)
          sum.add(UInt64(rows.count * MemoryLayout<Float>.stride))
        }
        hasValues = true
        values.withElements { sum.addWords(UnsafeRawBufferPointer($0)) }
      case .none: break
      }
    }
    for name in rows.classNames ?? [] { sum.add(name) }
    return sum.hexadecimal
  }

  /// The scalars of a configuration by path, such as `arm.optimizer.learningRate`.
  private static func settings(_ value: some Encodable, under path: String) throws -> [String: String] {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    var settings: [String: String] = [:]
    func add(_ value: JSONValue, _ path: String) {
      switch value {
      case .object(let object): for key in object.keys { object[key].map { add($0, path + "." + key) } }
      case .array(let elements): for (index, element) in elements.enumerated() { add(element, "\(path).\(index)") }
      case .string(let text): settings[path] = text
      case .null, .bool, .number: settings[path] = value.text
      }
    }
    add(try StrictJSON.parse(String(decoding: try encoder.encode(value), as: UTF8.self)), path)
    return settings
  }
}
