internal import AttuneCore
internal import AttuneExperiments
internal import AttuneInference
internal import AttuneTraining
internal import Crypto
internal import Foundation

/// What decides whether an adapted state goes on with a stream: strategy, settings, model and what it knows of the source.
struct AdaptationIdentity: Codable, Equatable {
  var strategy: String
  /// The settings as YAML, defaults included.
  var settings: String
  /// SHA-256 of the source network's layers and numbers.
  var network: String
  /// SHA-256 of what the strategy was given of the training data.
  var source: String
  var seed: UInt64

  init(_ chosen: StrategyConfiguration, _ model: Model, _ context: AdaptationContext, seed: UInt64) throws {
    strategy = chosen.name
    settings = try ConfigWriter.yaml(from: chosen)
    network = try Self.digest(of: model.network)
    source = try Self.digest(of: context)
    self.seed = seed
  }

  /// What differs from another identity, in words; empty where nothing does.
  func differences(to now: AdaptationIdentity) -> [String] {
    guard strategy == now.strategy else { return ["the strategy was '\(strategy)', is '\(now.strategy)'"] }
    var found = ConfigDifference.all(from: settings, to: now.settings).map(\.description)
    if found.isEmpty, settings != now.settings { found = ["the settings are others"] }
    func note(_ what: String, _ before: String, _ now: String) {
      if before != now { found.append("\(what) was \(before.prefix(12)), is \(now.prefix(12))") }
    }
    note("the model's network (SHA-256)", network, now.network)
    note("what is known of the training data (SHA-256)", source, now.source)
    note("--seed", "\(seed)", "\(now.seed)")
    return found
  }

  private static func digest(of network: Network) throws -> String {
    var hash = SHA256()
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    hash.update(data: try encoder.encode(network.architecture))
    for (name, entry) in network.stateDictionary.sorted(by: { $0.key < $1.key }) {
      hash.update(data: Data(name.utf8))
      hash.update(data: Data(SafetensorsFile.Tensor(entry.matrix).bytes))
    }
    return hexadecimal(hash.finalize())
  }

  private static func digest(of context: AdaptationContext) throws -> String {
    var hash = SHA256()
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    if let source = context.source {
      for values in [source.mean, source.variance, source.covariance?.elements ?? [], source.classShares] {
        hash.update(data: Data(SafetensorsFile.Tensor(values).bytes))
      }
      hash.update(data: Data("\(source.rows)".utf8))
    }
    if let samples = context.samples {
      hash.update(data: Data(SafetensorsFile.Tensor(samples.inputs).bytes))
      hash.update(data: try encoder.encode(samples.labels))
    }
    return hexadecimal(hash.finalize())
  }

  static func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
    digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

/// A state does not belong to what it is to go on with.
struct StateMismatch: Error, Equatable, CustomStringConvertible {
  let path: String
  let differences: [String]

  var description: String {
    "\(path): the state was adapted otherwise: \(differences.joined(separator: "; ")); give what it was adapted with, or "
      + "start anew without --resume"
  }
}

/// The adapted state of a strategy in a safetensors file: its matrices are tensors, everything else is JSON in the metadata.
struct AdaptedStateFile {
  /// The metadata key of the JSON.
  static let key = "attune.adapted"
  private static let digestKey = "attune.sha256"
  private static let version = 1

  private struct Head: Codable {
    var version: Int
    var identity: AdaptationIdentity
    var rows: Int
    var batches: Int
  }

  let identity: AdaptationIdentity
  /// Rows and batches that the state has seen.
  let rows: Int, batches: Int
  private let state: JSONValue

  /// A state after some rows and batches.
  init(_ state: some Encodable, _ identity: AdaptationIdentity, rows: Int, batches: Int) throws {
    (self.identity, self.rows, self.batches) = (identity, rows, batches)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    self.state = try StrictJSON.parse(Array(try encoder.encode(state)))
  }

  /// Writes the file whole or not at all.
  func write(to path: String) throws {
    var tensors: [String: SafetensorsFile.Tensor] = [:]
    let rest = JSONTensors.extract(state, path: "state", into: &tensors)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let head = Head(version: Self.version, identity: identity, rows: rows, batches: batches)
    guard case .object(var object) = try StrictJSON.parse(Array(try encoder.encode(head))) else {
      preconditionFailure("a structure is encoded as an object")
    }
    object["state"] = rest
    var file = SafetensorsFile(metadata: [Self.key: JSONValue.object(object).text], tensors: tensors)
    file.metadata[Self.digestKey] = Self.digest(of: file)
    try file.write(to: path)
  }

  /// Reads a file and checks all of it.
  ///
  /// - Throws: `FileError` where it cannot be read; `ModelFileError` where it is cut, damaged, or no adapted state.
  init(contentsOf path: String) throws {
    let file = try SafetensorsFile(contentsOf: path, headerLimit: SafetensorsFile.largestHeader)
    func error(_ what: String, _ remedy: String) -> ModelFileError {
      ModelFileError(path: path, place: .file, what: what, remedy: remedy)
    }
    guard let text = file.metadata[Self.key] else {
      throw error(
        "the metadata has no key '\(Self.key)', so the file is no adapted state",
        "give a file that 'attune adapt --state' wrote")
    }
    guard file.metadata[Self.digestKey] == Self.digest(of: file) else {
      throw error("its SHA-256 does not fit what it holds, so it was changed or damaged", "adapt again")
    }
    let object: JSONObject
    do {
      guard let found = try StrictJSON.parse(text).asObject else { throw error("no object", "adapt again") }
      object = found
    } catch let problem as JSONError {
      throw error("the metadata key '\(Self.key)' is no JSON (\(problem))", "adapt again")
    }
    guard object["version"]?.asInt == Self.version, let rest = object["state"] else {
      throw error(
        "the state has another format version than \(Self.version)", "adapt again, or use the Attune that wrote it")
    }
    do {
      let head = try JSONDecoder().decode(Head.self, from: Data(text.utf8))
      (identity, rows, batches) = (head.identity, head.rows, head.batches)
    } catch let problem {
      throw error("the metadata key '\(Self.key)' does not describe a state (\(problem))", "adapt again")
    }
    state = try JSONTensors.restore(rest, from: file)
  }

  private static func digest(of file: SafetensorsFile) -> String {
    var hash = SHA256()
    hash.update(data: Data((file.metadata[key] ?? "").utf8))
    for name in file.names {
      guard let tensor = file.tensors[name] else { continue }
      hash.update(data: Data("\(name) \(tensor.dataType) \(tensor.shape)".utf8))
      hash.update(data: Data(tensor.bytes))
    }
    return AdaptationIdentity.hexadecimal(hash.finalize())
  }

  /// The state, for a strategy on the same source network.
  ///
  /// - Throws: `ModelFileError` where the strategy cannot take it.
  func restored<Strategy: AdaptationStrategy>(
    for strategy: Strategy, _ network: Network, in context: AdaptationContext, path: String
  ) throws -> Strategy.State {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let restore: @Sendable (any Decoder) throws -> Strategy.State = {
      try strategy.restore(from: $0, network, in: context)
    }
    decoder.userInfo[.restoringState] = restore
    do {
      return try decoder.decode(Restored<Strategy.State>.self, from: Data(state.text.utf8)).state
    } catch let problem as DecodingError {
      throw ModelFileError(
        path: path, place: .file, what: "no state of the strategy '\(Strategy.name)' (\(problem))",
        remedy: "adapt again")
    }
  }
}

/// Decodes by what the decoder's user gave, since a strategy's state needs more than the decoder.
private struct Restored<State>: Decodable {
  let state: State

  init(from decoder: any Decoder) throws {
    guard let restore = decoder.userInfo[.restoringState] as? @Sendable (any Decoder) throws -> State else {
      preconditionFailure("the decoder was not given what restores the state")
    }
    state = try restore(decoder)
  }
}

extension CodingUserInfoKey {
  fileprivate static let restoringState = CodingUserInfoKey(rawValue: "attune.restoring").unsafelyUnwrapped
}
